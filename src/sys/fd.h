/* SPDX-License-Identifier: Apache-2.0 */
/* fd.h - what the files of this folder share about descriptors (private) */
#pragma once

#include "base/base.h"

/* All of the bytes, or E_IO and an unknown part of them. */
int fd_write_all(int fd, struct bytes b);
