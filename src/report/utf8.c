/* SPDX-License-Identifier: Apache-2.0 */
#include "report/utf8.h"

struct range {
	uint32_t first, last;
};

/* Blocks whose characters stand over or under the one before, or nowhere */
static const struct range narrow[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },
	{ 0x0610, 0x061a }, { 0x064b, 0x065f }, { 0x093c, 0x093c },
	{ 0x094d, 0x094d }, { 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f },
	{ 0x202a, 0x202e }, { 0x2060, 0x2064 }, { 0x20d0, 0x20ff },
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff },
};

/* East Asian Wide and Fullwidth (Unicode Annex 11), by blocks */
static const struct range wide[] = {
	{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },
	{ 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f },
	{ 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static bool is_in(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static size_t width_of(uint32_t c)
{
	if (c < 0x300)
		return 1;
	if (is_in(narrow, sizeof(narrow) / sizeof(narrow[0]), c))
		return 0;
	return is_in(wide, sizeof(wide) / sizeof(wide[0]), c) ? 2 : 1;
}

size_t utf8_width(struct bytes text)
{
	size_t n = 0;

	while (text.len > 0)
		n += width_of(utf8_next(&text));
	return n;
}

void utf8_add_clipped(struct buf *out, struct bytes text, size_t columns)
{
	bool cut = utf8_width(text) > columns;
	size_t left = cut && columns > 0 ? columns - 1 : columns;

	while (text.len > 0) {
		uint32_t c = utf8_next(&text);

		if (width_of(c) > left)
			break;
		left -= width_of(c);
		utf8_add(out, c);
	}
	if (cut && columns > 0)
		buf_add_text(out, "…");
}
