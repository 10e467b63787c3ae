#!/usr/bin/env python3
"""embed.py NAME INPUT OUTPUT - a file as a C array, so that the program needs
no other file to run. Declares NAME[] and NAME_len."""
import sys

name, source, target = sys.argv[1:]
data = open(source, "rb").read()
with open(target, "w") as out:
    out.write("#include <stddef.h>\n"
              f"extern const char {name}[];\nextern const size_t {name}_len;\n"
              f"const size_t {name}_len = {len(data)};\n"
              f"const char {name}[] = {{")
    for i in range(0, len(data), 16):
        # '\xe2' is what a char holds, with or without a sign (arm64 has none)
        out.write("\n\t" + ", ".join(
            str(b) if b < 128 else f"'\\x{b:02x}'"
            for b in data[i:i + 16]) + ",")
    out.write("\n\t0\n};\n")
