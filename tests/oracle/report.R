#!/usr/bin/env Rscript
# SPDX-License-Identifier: Apache-2.0
# report.R [--from T] [--to T] FILE.csv - the report's statistics by R's own
# tests, from the events alone
#
# Prints JSON: for each statistic and R function, the part of the report that
# it answers for, keys as in `rapsheet report --json`.
# The definitions are those of MEASURES; numbers in comments are its sections.

suppressPackageStartupMessages(library(survival))
options(warn = 1)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
source(file.path(here, "events.R"))

# ------------------------------------------------------------------ printing

json <- function(x) {
	if (is.list(x) && !is.null(names(x)))
		return(paste0("{", paste0(encodeString(names(x), quote = "\""),
			": ", sapply(x, json), collapse = ",\n"), "}"))
	if (is.list(x) || length(x) != 1)
		return(paste0("[", paste(sapply(x, json), collapse = ", "), "]"))
	if (is.character(x))
		return(encodeString(x, quote = "\""))
	if (is.na(x) || is.infinite(x)) "null" else sprintf("%.17g", x)
}

out <- list()
answer <- function(name, part) out[[name]] <<- part

# A part of the report for each name: parts(names, f) = list(name = f(name))
parts <- function(names, f) sapply(names, f, simplify = FALSE)

# ------------------------------------- 1. errors that survive clustering

jackknife <- function(groups, estimate, concerns) {
	groups <- Filter(concerns, sort(unique(groups)))
	G <- length(groups)
	if (G < 10)
		return(NA)
	x <- sapply(groups, estimate)
	sqrt((G - 1) / G * sum((x - mean(x))^2))
}

# ratio(h) of a table of hosts; concerns(h) of those of one group
ratio_se <- function(h, ratio, concerns)
	jackknife(h$group, function(g) log(positive(ratio(h[h$group != g, ]))),
		  function(g) isTRUE(concerns(h[h$group == g, ])))

positive <- function(x) if (isTRUE(x > 0 && is.finite(x))) x else NA

with_interval <- function(h, ratio, concerns) {
	x <- ratio(h)
	se <- ratio_se(h, ratio, concerns)
	list(value = x, low = exp(log(x) - 1.96 * se),
	     high = exp(log(x) + 1.96 * se))
}

# Ratios of two sums: sums(h) = c(above, below)
quotient <- function(sums) function(h) { s <- sums(h); s[1] / s[2] }
not_zero <- function(sums) function(h) any(sums(h) != 0)
either <- function(f, g) function(h) isTRUE(f(h)) || isTRUE(g(h))
over <- function(f, g) function(h) f(h) / g(h)

# ------------------------------------------------------------------ 3. overlap

pairs_of <- function(h) {
	u <- h[h$U, ]
	list(virus_open = table2(u$V, u$R), virus_spam = table2(u$V, u$S),
	     open_spam = table2(u$R, u$S),
	     virus_openspam = table2(u$V, u$R & u$S))
}

table2 <- function(a, b)
	matrix(as.numeric(table(factor(a, c(TRUE, FALSE)),
				factor(b, c(TRUE, FALSE)))), 2)

overlap <- function(h) {
	tables <- pairs_of(h)
	test <- function(x)
		suppressWarnings(chisq.test(x, correct = FALSE))
	answer("overlap: chisq.test", list(overlap = lapply(tables, function(x)
		list(chi2 = test(x)$statistic, p = test(x)$p.value))))
	answer("overlap: fisher.test", list(overlap = lapply(tables, function(x)
		list(fisher_p = if (isTRUE(min(test(x)$expected) < 5))
			fisher.test(x)$p.value else NA))))
	answer("overlap: odds, phi, lift", list(overlap = lapply(tables,
		function(x) {
			o <- if (any(x == 0)) x + 0.5 else x
			k <- test(x)
			list(odds = o[1] * o[4] / (o[2] * o[3]),
			     phi = unname(cor(rep(c(1, 0, 1, 0), x),
					      rep(c(1, 1, 0, 0), x))),
			     expected = k$expected[1],
			     lift = x[1] / k$expected[1], both = x[1],
			     share_a = x[1] / sum(x[1, ]),
			     share_b = x[1] / sum(x[, 1]))
		})))
}

# --------------------------------------------------------- 4. adjusted overlap

# 2 x 2 x strata of at least two hosts: one host alone says nothing, and
# mantelhaen.test refuses it
strata_of <- function(h, b) {
	h$b <- h[[b]]
	h <- h[h$other > 0, ]
	level <- pmin(15, floor(log2(h$other + 1)))
	x <- table(factor(h$V, c(TRUE, FALSE)), factor(h$b, c(TRUE, FALSE)),
		   paste(h$net, level))
	array(as.numeric(x), dim(x))[, , colSums(x, dims = 2) > 1, drop = FALSE]
}

mh_odds <- function(b) function(h) {
	x <- strata_of(h, b)
	unname(mantelhaen.test(x, correct = FALSE)$estimate)
}

mh_concerns <- function(b) function(h) {
	x <- strata_of(h, b)
	any(x[1, 1, ] * x[2, 2, ] > 0) || any(x[1, 2, ] * x[2, 1, ] > 0)
}

adjusted <- function(h) {
	second <- c(virus_spam = "S", virus_open = "R")
	answer("adjusted: mantelhaen.test", list(adjusted = lapply(second,
		function(b) {
			x <- strata_of(h, b)
			m <- mantelhaen.test(x, correct = FALSE)
			both <- apply(x, 3, function(t) all(rowSums(t) > 0) &&
				      all(colSums(t) > 0))
			list(odds = list(value = m$estimate), cmh = m$statistic,
			     p = m$p.value, strata = sum(both))
		})))
	answer("adjusted: jackknife", list(adjusted = lapply(second, function(b)
		list(odds = with_interval(h, mh_odds(b), mh_concerns(b))))))
}

# -------------------------------------------------------------------- 5. order

order_of <- function(h, t) {
	h$first <- !is.na(h$tv) & !is.na(h[[t]]) & h$tv < h[[t]]
	h$second <- !is.na(h$tv) & !is.na(h[[t]]) & h[[t]] < h$tv
	share <- function(some) sum(some$first) / sum(some$first + some$second)
	untied <- function(some) sum(some$first + some$second) > 0
	se <- jackknife(h$group, function(g) share(h[h$group != g, ]),
			function(g) untied(h[h$group == g, ]))
	x <- share(h)
	list(first = sum(h$first), second = sum(h$second),
	     share = list(value = x, low = max(0, x - 1.96 * se),
			  high = min(1, x + 1.96 * se)))
}

order_of_events <- function(h) {
	o <- lapply(c(virus_spam = "ts", virus_open = "tr"),
		    function(t) order_of(h, t))
	answer("order: binom.test", list(order = lapply(o, function(x)
		list(p = if (x$first + x$second > 0)
			binom.test(x$first, x$first + x$second)$p.value
		     else NA))))
	answer("order: jackknife", list(order = o))
}

# ------------------------------------------------------------------- 6. hazard

# Counting-process rows (start, stop], exposed from the day after `dx`
lives_of <- function(h, D, dx, dy) {
	h$x <- h[[dx]]
	h$stop <- pmin(h[[dy]], D - 1, na.rm = TRUE)
	h <- h[h$U & h$stop > h$seen, ]
	h$event <- !is.na(h[[dy]])
	cut <- pmin(pmax(ifelse(is.na(h$x), h$stop, h$x), h$seen), h$stop)
	before <- data.frame(group = h$group, start = h$seen, stop = cut,
			     event = h$event & cut == h$stop,
			     x = rep(0, nrow(h)))
	after <- data.frame(group = h$group, start = cut, stop = h$stop,
			    event = h$event, x = rep(1, nrow(h)))
	both <- rbind(before, after)
	both[both$stop > both$start, ]
}

# One row for each host and day at risk
host_days <- function(lives) {
	n <- lives$stop - lives$start
	i <- rep(seq_len(nrow(lives)), n)
	day <- lives$start[i] + sequence(n)
	data.frame(group = lives$group[i], day = day, x = lives$x[i],
		   event = lives$event[i] & day == lives$stop[i])
}

# (exposed, event, day and group), as mantelhaen.test wants it
risk_tables <- function(days) {
	stratum <- days$day * 64 + days$group
	names <- unique(stratum)
	cell <- 4 * match(stratum, names) - 2 * days$event - days$x
	array(as.numeric(tabulate(cell, 4 * length(names))),
	      c(2, 2, length(names)))
}

hazard_sums <- function(D, dx, dy) function(h) {
	t <- risk_tables(host_days(lives_of(h, D, dx, dy)))
	n <- colSums(t, dims = 2)
	e1 <- t[1, 1, ]
	e0 <- t[2, 1, ]
	c(sum(e1 * (e0 + t[2, 2, ]) / n), sum(e0 * (e1 + t[1, 2, ]) / n))
}

hazard <- function(h, D) {
	ways <- list(virus_to_spam = c("dv", "ds"), spam_to_virus = c("ds", "dv"))
	lives <- lapply(ways, function(w) lives_of(h, D, w[1], w[2]))
	days <- lapply(lives, host_days)
	answer("hazard: log-rank by survdiff on host-days",
	       list(hazard = lapply(days, function(d)
		       list(logrank = survdiff(Surv(rep(1, nrow(d)), event) ~ x +
					       strata(day, group), d)$chisq))))
	answer("hazard: log-rank by mantelhaen.test",
	       list(hazard = lapply(days, function(d) {
		       t <- risk_tables(d)
		       t <- t[, , colSums(t, dims = 2) > 1]
		       list(logrank = mantelhaen.test(t, correct = FALSE)$statistic,
			    exposed_days = sum(d$x),
			    events_exposed = sum(d$event & d$x == 1),
			    events_unexposed = sum(d$event & d$x == 0))
	       })))
	# The score test at 0: after no step of the fit
	answer("hazard: log-rank by coxph(ties = \"exact\")",
	       list(hazard = lapply(lives, function(l)
		       list(logrank = suppressWarnings(coxph(
			       Surv(start, stop, event) ~ x + strata(group), l,
			       ties = "exact", iter.max = 0))$score))))
	sums <- lapply(ways, function(w) hazard_sums(D, w[1], w[2]))
	ratios <- lapply(sums, function(s)
		list(ratio = with_interval(h, quotient(s), not_zero(s))))
	answer("hazard: ratio and jackknife", list(hazard = c(ratios,
		list(arrow = with_interval(h,
			over(quotient(sums[[1]]), quotient(sums[[2]])),
			either(not_zero(sums[[1]]), not_zero(sums[[2]])))))))
}

# ----------------------------------------------------------- 7. self-controlled

LAGS <- -14:14
FIVE <- findInterval(LAGS, c(-14, 0, 1, 4, 8))
FOUR <- findInterval(LAGS, c(-14, 0, 1, 8))

# Hosts with a day 0 gain `y`, 1 where an outcome is on the day of that lag,
# and `on`, 1 where the day is in the window and not left out
with_lags <- function(h, e, D, day0, outcome, not_on = NULL) {
	h <- h[!is.na(h[[day0]]), ]
	at <- outer(h[[day0]], LAGS, "+")
	hit <- function(kind) matrix(paste(h$key, at) %in%
		paste(e$key, e$day)[e$kind == kind], nrow(h))
	h$on <- (at >= 0 & at < D) * 1
	if (!is.null(not_on))
		h$on <- h$on * !hit(not_on)
	h$y <- hit(outcome) * h$on
	h
}

by_period <- function(m, periods) t(rowsum(t(m), periods))

# Poisson counts with a free level for each class of hosts, days as exposure.
# Each class has been seen for the same days: a host, or all with the same dv.
rates_glm <- function(y, n, class) {
	y <- rowsum(y, class)
	n <- rowsum(n, class)
	total <- colSums(y)
	if (total[1] == 0)
		return(rep(NA, ncol(y) - 1))
	rate <- rep(0, ncol(y))
	used <- which(total > 0)
	rows <- which(rowSums(y) > 0)
	d <- expand.grid(class = rows, period = used)
	d$y <- y[cbind(d$class, d$period)]
	d$n <- n[cbind(d$class, d$period)]
	d <- d[d$n > 0, ]
	x <- cbind(outer(d$class, rows, "=="),
		   outer(d$period, used[-1], "==")) * 1
	f <- suppressWarnings(glm.fit(x, d$y, family = poisson(),
		offset = log(d$n), control = glm.control(1e-14, 100)))
	b <- coef(f)[-seq_along(rows)]
	if (!f$converged || any(is.na(b)) || any(abs(b) > 30))
		return(rep(NA, ncol(y) - 1))
	rate[used[-1]] <- exp(b)
	rate[-1]
}

headline <- function(h)
	rates_glm(by_period(h$y, FOUR), by_period(h$on, FOUR), h$dv)[2]
some_y <- function(h) sum(h$y) > 0

# Conditional on the sum of each host. Breslow's denominator, all days of the
# host for every event, is that of the multinomial; ties = "exact" is not.
rates_clogit <- function(h) {
	h <- h[rowSums(h$y) > 0, ]
	i <- which(h$on > 0, arr.ind = TRUE)
	d <- data.frame(host = i[, 1], period = factor(FIVE[i[, 2]]), y = h$y[i])
	b <- rep(0, nlevels(d$period) - 1)
	# Each fit ends with the first whole step that hardly moves the
	# likelihood, sooner than the ratios stand still. A fit that starts
	# there is one Newton step more. (A smaller eps makes it halve steps on
	# the rounding of the likelihood.)
	for (again in 1:4)
		b <- coef(suppressWarnings(clogit(y ~ period + strata(host), d,
			method = "breslow", init = b)))
	unname(exp(b))
}

apart_sums <- function(h) {
	n0 <- rowSums(h$on[, LAGS < 0, drop = FALSE])
	n1 <- rowSums(h$on[, LAGS %in% 1:7, drop = FALSE])
	y0 <- rowSums(h$y[, LAGS < 0, drop = FALSE])
	y1 <- rowSums(h$y[, LAGS %in% 1:7, drop = FALSE])
	n <- pmax(n0 + n1, 1)
	c(sum(y1 * n0 / n), sum(y0 * n1 / n))
}

self_control <- function(h, e, D) {
	both <- parts(c("spam", "clean"), function(k) with_lags(h, e, D, "dv", k))
	control <- sum(both$clean$y) >= 100
	if (!control)
		both$clean <- NULL
	answer("self-control: glm with host effects",
	       list(self_control = lapply(both, function(s)
		       list(periods = rates_glm(by_period(s$y, FIVE),
				by_period(s$on, FIVE), s$key),
			    ratio = list(value = rates_glm(by_period(s$y, FOUR),
				by_period(s$on, FOUR), s$key)[2]),
			    days = unname(colSums(by_period(s$y, FIVE)))))))
	answer("self-control: clogit(method = \"breslow\")",
	       list(self_control = lapply(both, function(s)
		       list(periods = rates_clogit(s)))))
	ratios <- lapply(both, function(s)
		list(ratio = with_interval(s, headline, some_y)))
	if (control) {
		s <- both$spam
		s$clean_y <- both$clean$y
		turn <- function(f) function(h) { h$y <- h$clean_y; f(h) }
		ratios$relative <- with_interval(s,
			over(headline, turn(headline)),
			either(some_y, turn(some_y)))
	}
	answer("self-control: jackknife", list(self_control = ratios))
	apart(h, e, D)
}

apart <- function(h, e, D) {
	a <- with_lags(h, e, D, "dv", "spam", "virus")
	m <- with_lags(h, e, D, "ds", "virus", "spam")
	sums <- quotient(apart_sums)
	of <- function(x) function(keys) apart_sums(x[x$key %in% keys$key, ])
	answer("self-control: apart and jackknife", list(self_control = list(
		apart = with_interval(a, sums, not_zero(apart_sums)),
		mirror = with_interval(m, sums, not_zero(apart_sums)),
		arrow = with_interval(h, over(quotient(of(a)), quotient(of(m))),
				      either(not_zero(of(a)), not_zero(of(m)))))))
}

# --------------------------------------------------------------------- 8. dose

dose <- function(h) {
	h <- h[h$other > 0, ]
	class <- factor(findInterval(h$virus_days, c(1, 2, 4, 8)), 0:4)
	hosts <- as.vector(table(class))
	spam <- as.vector(table(class[h$S]))
	score <- (0:4)[hosts > 0]
	k <- suppressWarnings(prop.trend.test(spam[hosts > 0], hosts[hosts > 0],
					      score))
	up <- sign(cov(as.integer(class), h$S))
	answer("dose: prop.trend.test", list(dose = list(hosts = hosts,
		spam = spam, z = up * sqrt(unname(k$statistic)),
		p = k$p.value)))
}

# ----------------------------------------------------------------- 9. families

doubling_of <- function(hosts) {
	peak <- which.max(hosts)
	start <- which(20 * hosts >= hosts[peak])[1]
	day <- (start:peak)[hosts[start:peak] > 0]
	if (length(day) < 4)
		return(NA)
	slope <- coef(lm(log(hosts[day]) ~ day))[2]
	if (slope > 1e-15) log(2) / slope else NA
}

families <- function(h, e, D) {
	v <- e[e$kind == "virus" & e$label != "", ]
	names <- sort(unique(v$label), method = "radix")
	seen <- unique(v[, c("key", "day", "label")])
	s <- with_lags(h, e, D, "dv", "spam")
	own <- parts(names, function(f) s[!is.na(s$family) & s$family == f, ])
	ratios <- lapply(own, function(o) with_interval(o, headline, some_y))
	se <- sapply(own, function(o) ratio_se(o, headline, some_y))
	large <- sapply(own, nrow) >= 20 & !is.na(se)
	b <- log(sapply(ratios, function(r) r$value))
	p <- ifelse(large, 2 * pnorm(-abs(b / se)), NA)
	q <- p.adjust(p, "BH")
	answer("families: lm, p.adjust, jackknife", list(families = unname(Map(
		function(f, r, p, q, o) list(name = f, first_hosts = nrow(o),
			ratio = r, p = p, q = q, doubling = doubling_of(
			tabulate(seen$day[seen$label == f] + 1, D))),
		names, ratios, p, q, own))))
	k <- sum(large)
	w <- 1 / se[large]^2
	Q <- if (k > 1) sum(w * (b[large] - weighted.mean(b[large], w))^2) else NA
	answer("families: Cochran's Q by pchisq", list(families_differ = list(
		q = Q, df = if (k > 1) k - 1 else NA,
		p = if (k > 1) pchisq(Q, k - 1, lower.tail = FALSE) else NA)))
}

# ------------------------------------------- 11. neighbourhood, 12. population

blocks_of <- function(u, bits) lapply(bits, function(n) {
	block <- substr(u$key, 1, n / 4)
	m <- as.vector(table(block))
	list(bits = n, blocks = length(unique(block[u$V])),
	     expected = sum(phyper(0, m, nrow(u) - m, sum(u$V),
				   lower.tail = FALSE)))
})

neighbourhood <- function(h) {
	u <- h[h$U, ]
	answer("neighbourhood: phyper", list(neighbourhood = list(
		v4 = blocks_of(u[is_v4(u$key), ], c(32, 28, 24, 20, 16)),
		v6 = blocks_of(u[!is_v4(u$key), ], c(64, 56, 48, 40, 32)))))
}

population <- function(h, D) {
	f1 <- sum(h$virus_days == 1)
	f2 <- sum(h$virus_days == 2)
	extra <- if (f2) f1^2 / (2 * f2) else f1 * (f1 - 1) / 2
	answer("population: Chao", list(population = list(seen = sum(h$V),
		chao = sum(h$V) + (D - 1) / D * extra)))
}

main <- function(args) {
	option <- function(name) {
		i <- match(name, args)
		if (is.na(i)) NULL else seconds_of(args[i + 1])
	}
	w <- read_world(tail(args, 1), option("--from"), option("--to"))
	overlap(w$h)
	adjusted(w$h)
	order_of_events(w$h)
	hazard(w$h, w$D)
	self_control(w$h, w$e, w$D)
	dose(w$h)
	families(w$h, w$e, w$D)
	neighbourhood(w$h)
	population(w$h, w$D)
	cat(json(out), "\n", sep = "")
}

main(commandArgs(TRUE))
