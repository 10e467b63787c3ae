#!/usr/bin/env Rscript
# SPDX-License-Identifier: Apache-2.0
# The golden numbers of tests/test_judge_*.c, printed by R. Run it to see where
# each of them comes from; base R is enough.

num <- function(name, x) cat(sprintf("%-28s %.17g\n", name, x))

# --- special.c
for (z in c(0.5, 1.96, 8, 30)) num(sprintf("normal_p %g", z), 2 * pnorm(-z))
for (x in list(c(3.84, 1), c(700, 1), c(5, 2), c(12.5, 3), c(1, 10),
	       c(200, 101), c(900, 1000), c(1500, 1000), c(0.001, 40)))
	num(sprintf("chi_square_p %g %d", x[1], x[2]),
	    pchisq(x[1], x[2], lower.tail = FALSE))
for (x in list(c(3, 10, .3), c(0, 1000, .001), c(499500, 1e6, .5)))
	num(sprintf("binomial %d %d %g", x[1], x[2], x[3]),
	    dbinom(x[1], x[2], x[3]))
for (x in list(c(3, 10, 5, 40), c(7, 5000, 6000, 1e7)))
	num(sprintf("hyper %d %d %d %d", x[1], x[2], x[3], x[4]),
	    dhyper(x[1], x[2], x[4] - x[2], x[3]))
for (x in list(c(7, 2), c(5, 5), c(600, 500), c(0, 40), c(20100, 19500)))
	num(sprintf("sign %d %d", x[1], x[2]), binom.test(x[1], sum(x))$p.value)

# both, a, b, n as overlap.c has them
table_of <- function(x) matrix(c(x[1], x[2] - x[1], x[3] - x[1],
				 x[4] - x[2] - x[3] + x[1]), 2)
for (x in list(c(3, 4, 4, 8), c(1, 9, 11, 24), c(0, 3, 3, 10), c(8, 10, 9, 20),
	       c(2, 30, 25, 400), c(12, 40, 60, 5000), c(4, 5, 8, 9)))
	num(sprintf("fisher %d %d %d %d", x[1], x[2], x[3], x[4]),
	    fisher.test(table_of(x))$p.value)
x <- c(60, 200, 150, 1000)
k <- chisq.test(table_of(x), correct = FALSE)
num("chi2 60 200 150 1000", unname(k$statistic))
num("chi2 p", k$p.value)

# --- rates.c: the conditional likelihood is that of Poisson counts with a
# free level for each class of dv, days as exposure
rates <- function(days, y, periods) {
	d <- data.frame(y = c(t(y)), n = c(t(days)),
			class = factor(rep(seq_len(nrow(y)), each = ncol(y))),
			period = factor(rep(periods, nrow(y))))
	d <- d[d$n > 0, ]
	f <- glm(y ~ class + period + offset(log(n)), poisson, d,
		 control = list(epsilon = 1e-15, maxit = 100))
	exp(coef(f)[grep("period", names(coef(f)))])
}
days <- rbind(c(14, 1, 3, 4, 7), c(5, 1, 3, 4, 7), c(14, 1, 3, 2, 0))
y <- rbind(c(20, 9, 14, 15, 11), c(3, 2, 6, 4, 5), c(7, 3, 4, 3, 0))
r <- rates(days, y, c("0", "a", "b", "c", "d"))
for (i in 1:4) num(sprintf("rate, period %d", i), r[i])
num("rate, headline", rates(days, y, c("0", "a", "b", "b", "d"))[2])

# --- families.c
hosts <- c(5, 6, 11, 14, 43, 93)
num("doubling", log(2) / coef(lm(log(hosts) ~ seq_along(hosts)))[2])

# --- jackknife.c: 12 groups, a share and a ratio
first <- c(5, 0, 7, 3, 9, 2, 4, 6, 1, 8, 3, 5)
second <- c(2, 1, 3, 3, 4, 0, 2, 5, 1, 1, 2, 6)
jackknife <- function(theta, f) {
	g <- length(first)
	x <- sapply(1:g, function(i) f(first[-i], second[-i]))
	sqrt((g - 1) / g * sum((x - mean(x))^2))
}
share <- function(a, b) sum(a) / sum(a + b)
se <- jackknife(first, share)
num("share", share(first, second))
num("share low", share(first, second) - 1.96 * se)
num("share high", share(first, second) + 1.96 * se)

# --- adjusted.c: strata as (both, V only, S only, neither)
cells <- c(4, 2, 3, 11,  1, 5, 2, 9,  3, 1, 1, 4)
m <- mantelhaen.test(array(cells, c(2, 2, 3)), correct = FALSE)
num("mh odds", m$estimate)
num("cmh", unname(m$statistic))
num("cmh p", m$p.value)

# --- dose.c
hosts <- c(900, 60, 40, 20, 8)
spam <- c(300, 25, 22, 15, 7)
k <- prop.trend.test(spam, hosts, 0:4)
num("trend z", sqrt(unname(k$statistic)))
num("trend p", k$p.value)

# --- neighbourhood.c: blocks of 1, 2, 5 hosts; N = 40, k = 6
m <- c(1, 2, 5); n <- c(16, 7, 2)
num("expected blocks", sum(n * (1 - dhyper(0, m, 40 - m, 6))))
