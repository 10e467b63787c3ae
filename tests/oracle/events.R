# SPDX-License-Identifier: Apache-2.0
# events.R - a generic CSV as the tables that R's own tests want (MEASURES 1)
#
# Sourced by report.R. read_world() gives the events `e`, a row per host `h`,
# the number of days `D`. Keys are text of hex digits (8 of an IPv4 address,
# 16 of an IPv6 /64): R has no 64-bit integers, and every prefix that the
# measures ask for is a whole number of such digits.

MAIL <- c("clean", "spam", "virus", "policy", "unscanned")
OPEN <- c("relay", "proxy", "backdoor")

v6_words <- function(text) {
	dotted <- regmatches(text, regexpr("[0-9.]+$", text))
	if (grepl(".", text, fixed = TRUE)) {
		b <- as.integer(strsplit(dotted, ".", fixed = TRUE)[[1]])
		text <- sub("[0-9.]+$", sprintf("%x:%x", b[1] * 256L + b[2],
						b[3] * 256L + b[4]), text)
	}
	halves <- strsplit(paste0(text, " "), "::", fixed = TRUE)[[1]]
	words <- lapply(trimws(halves), function(x) strsplit(x, ":")[[1]])
	if (length(words) == 2)
		words <- c(words[1], list(rep("0", 8 - length(unlist(words)))),
			   words[2])
	strtoi(unlist(words), 16L)
}

key_of <- function(text) {
	if (!grepl(":", text, fixed = TRUE)) {
		b <- as.integer(strsplit(text, ".", fixed = TRUE)[[1]])
		return(paste(sprintf("%02x", b), collapse = ""))
	}
	w <- v6_words(text)
	if (identical(w[1:6], c(0L, 0L, 0L, 0L, 0L, 65535L)) ||
	    identical(w[1:6], c(100L, 65435L, 0L, 0L, 0L, 0L)))
		return(sprintf("%04x%04x", w[7], w[8]))
	paste(sprintf("%04x", w[1:4]), collapse = "")
}

is_v4 <- function(key) nchar(key) == 8
network_of <- function(key) substr(key, 1, nchar(key) / 2)

# --- The splitmix64 finaliser, on 64 bits (lowest first) and on 16-bit limbs

bits_of <- function(hex) {
	digit <- rev(strtoi(strsplit(hex, "")[[1]], 16L))
	bits <- c(sapply(digit, function(x) bitwAnd(x, c(1L, 2L, 4L, 8L)) > 0))
	c(bits, rep(FALSE, 64 - length(bits)))
}
limbs_of <- function(bits) colSums(matrix(bits, 16) * 2^(0:15))
shift <- function(bits, n) c(bits[(n + 1):64], rep(FALSE, n))

times <- function(a, b) {	# the low 64 bits of a product
	x <- limbs_of(a)
	y <- limbs_of(b)
	bits <- logical(0)
	carry <- 0
	for (i in 0:3) {
		s <- carry + sum(x[1:(i + 1)] * y[(i + 1):1])
		low <- s %% 65536
		carry <- (s - low) / 65536
		bits <- c(bits, bitwAnd(as.integer(low), 2^(0:15)) > 0)
	}
	bits
}

group_of <- function(network) {
	z <- bits_of(network)
	z <- times(xor(z, shift(z, 30)), bits_of("bf58476d1ce4e5b9"))
	z <- times(xor(z, shift(z, 27)), bits_of("94d049bb133111eb"))
	z <- xor(z, shift(z, 31))
	sum(z[59:64] * 2^(0:5))
}

# --- Events and hosts

seconds_of <- function(text) {
	if (!any(grepl("T", text, fixed = TRUE)))
		return(as.numeric(text))
	as.numeric(as.POSIXct(text, "UTC", format = "%Y-%m-%dT%H:%M:%SZ"))
}

read_events <- function(path, from, to) {
	e <- read.csv(path, colClasses = "character", na.strings = character(),
		      encoding = "UTF-8")
	e$time <- seconds_of(e$time)
	text <- unique(e$host)
	e$key <- sapply(text, key_of)[match(e$host, text)]
	spread <- range(if (any(e$kind %in% MAIL)) e$time[e$kind %in% MAIL]
			else e$time)
	if (is.null(from))
		from <- spread[1] %/% 86400 * 86400
	if (is.null(to))
		to <- (spread[2] %/% 86400 + 1) * 86400
	e <- e[e$time >= from & e$time < to, ]
	e$day <- e$time %/% 86400 - from %/% 86400
	list(e = e, D = (to - 1) %/% 86400 - from %/% 86400 + 1)
}

# The first time of each host with an event of these kinds, else NA
first_time <- function(e, keys, kinds) {
	some <- e[e$kind %in% kinds, ]
	as.vector(tapply(some$time, factor(some$key, keys), min))
}

family_of <- function(e, keys, tv) {
	v <- e[e$kind == "virus", ]
	v <- v[v$time == tv[match(v$key, keys)], ]
	v <- v[order(v$key, v$label, method = "radix"), ]	# in bytes
	label <- v$label[match(keys, v$key)]
	ifelse(label == "", NA, label)
}

read_world <- function(path, from = NULL, to = NULL) {
	w <- read_events(path, from, to)
	e <- w$e
	h <- data.frame(key = sort(unique(e$key)))
	nets <- unique(network_of(h$key))
	h$net <- network_of(h$key)
	h$group <- sapply(nets, group_of)[match(h$net, nets)]
	zero <- min(e$time - e$day * 86400) %/% 86400 * 86400
	day <- function(t) (t - zero) %/% 86400
	h$seen <- day(first_time(e, h$key, MAIL))
	h$tv <- first_time(e, h$key, "virus")
	h$ts <- first_time(e, h$key, "spam")
	h$tr <- first_time(e, h$key, OPEN)
	h$dv <- day(h$tv)
	h$ds <- day(h$ts)
	h$dr <- day(h$tr)
	h$U <- !is.na(h$seen)
	h$V <- !is.na(h$tv)
	h$S <- !is.na(h$ts)
	h$R <- !is.na(h$tr)
	other <- e$kind %in% setdiff(MAIL, "virus")
	h$other <- as.vector(table(factor(e$key[other], h$key)))
	v <- unique(e[e$kind == "virus", c("key", "day")])
	h$virus_days <- as.vector(table(factor(v$key, h$key)))
	h$family <- family_of(e, h$key, h$tv)
	list(e = e, h = h, D = w$D)
}
