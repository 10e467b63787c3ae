/* SPDX-License-Identifier: Apache-2.0 */
/* tables.c - medians, ranges and counts over the seeds, as plain text */
#include "tables.h"

#include <stdio.h>
#include <stdlib.h>

struct range {
	double least, median, greatest;
	size_t n;
};

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of those that have a value; sorts them */
static struct range range_of(double *x, size_t n)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if (has_value(x[i]))
			x[m++] = x[i];
	if (m == 0)
		return (struct range){ NAN, NAN, NAN, 0 };
	qsort(x, m, sizeof(*x), compare_doubles);
	return (struct range){ x[0], (x[(m - 1) / 2] + x[m / 2]) / 2, x[m - 1],
			       m };
}

static void print_number(double x)
{
	if (has_value(x))
		printf(" %9.4g", x);
	else
		printf(" %9s", "-");
}

/* Median, least and greatest value; least lower and greatest upper bound */
static void print_figures(const struct figure *f, size_t n)
{
	double *value = mem_alloc(n, sizeof(*value));
	double *low = mem_alloc(n, sizeof(*low));
	double *high = mem_alloc(n, sizeof(*high));
	struct range r;

	for (size_t i = 0; i < n; i++) {
		value[i] = f[i].value;
		low[i] = f[i].low;
		high[i] = f[i].high;
	}
	r = range_of(value, n);
	print_number(r.median);
	print_number(r.least);
	print_number(r.greatest);
	print_number(range_of(low, n).least);
	print_number(range_of(high, n).greatest);
	putchar('\n');
	free(value);
	free(low);
	free(high);
}

/* ---------------------------------------------------------------- verdicts */

static void print_verdicts(const struct outcome *o, size_t n)
{
	const char *before = "verdicts: ";

	for (int r = 0; r <= RESULT_NOT_SETTLED; r++) {
		size_t seen = 0;

		for (size_t i = 0; i < n; i++)
			seen += (int)o[i].result == r;
		if (seen == 0)
			continue;
		printf("%s%s %zu", before,
		       judge_result_text((enum judge_result)r), seen);
		before = ", ";
	}
	putchar('\n');
}

static const char *const criteria[N_CRITERIA] = {
	"strength",    "order",	      "self-control", "dose (z)",
	"specificity", "consistency", "look-back",
};

static void print_criterion(const struct outcome *o, size_t n, int c,
			    struct figure *f)
{
	size_t calls[3] = { 0 };

	for (size_t i = 0; i < n; i++) {
		enum judge_call call = o[i].calls[c];

		f[i] = o[i].figures[c];
		calls[call > CALL_AGAINST ? CALL_INCONCLUSIVE : call]++;
	}
	printf("  %-17s %8zu %8zu %8zu", criteria[c], calls[CALL_SUPPORTS],
	       calls[CALL_AGAINST], calls[CALL_INCONCLUSIVE]);
	print_figures(f, n);
}

static void print_besides(const char *name, const struct outcome *o, size_t n,
			  size_t at, struct figure *f)
{
	for (size_t i = 0; i < n; i++)
		memcpy(&f[i], (const char *)&o[i] + at, sizeof(f[i]));
	printf("  %-44s", name);
	print_figures(f, n);
}

static void print_criteria(const struct outcome *o, size_t n)
{
	struct figure *f = mem_alloc(n, sizeof(*f));

	printf("  %-17s %8s %8s %8s %9s %9s %9s %9s %9s\n", "criterion",
	       "supports", "against", "neither", "median", "least", "greatest",
	       "low end", "high end");
	for (int c = 0; c < N_CRITERIA; c++)
		print_criterion(o, n, c, f);
	print_besides("arrow of the hazards (order)", o, n,
		      offsetof(struct outcome, hazard_arrow), f);
	print_besides("apart (self-control)", o, n,
		      offsetof(struct outcome, apart), f);
	print_besides("arrow of the two (self-control)", o, n,
		      offsetof(struct outcome, self_arrow), f);
	print_besides("clean mail alone (self-control)", o, n,
		      offsetof(struct outcome, clean), f);
	free(f);
}

/* ---------------------------------------------------------------- families */

static const struct outcome_family *find_family(const struct outcome *o,
						const char *name)
{
	for (size_t i = 0; i < o->n_families; i++)
		if (strcmp(o->families[i].name, name) == 0)
			return &o->families[i];
	return NULL;
}

static void print_carrier(const struct outcome *o, size_t n, const char *name)
{
	struct figure *f = mem_alloc(n, sizeof(*f));
	double *hosts = mem_alloc(n, sizeof(*hosts));
	size_t carries = 0, opens = 0, seen = 0;

	for (size_t i = 0; i < n; i++) {
		const struct outcome_family *x = find_family(&o[i], name);

		if (x == NULL)
			continue;
		carries += x->carries;
		opens += x->opens;
		hosts[seen] = (double)x->hosts;
		f[seen++] = x->ratio;
	}
	printf("  %-17s %8zu %8zu %8.0f", name, opens, carries,
	       range_of(hosts, seen).median);
	print_figures(f, seen);
	free(f);
	free(hosts);
}

static void print_carriers(const struct outcome *o, size_t n)
{
	printf("  %-17s %8s %8s %8s %9s %9s %9s %9s %9s\n", "family", "opens",
	       "carries", "hosts", "median", "least", "greatest", "low end",
	       "high end");
	for (size_t i = 0; i < o[0].n_families; i++)
		print_carrier(o, n, o[0].families[i].name);
}

static void print_stop(const struct outcome *o, size_t n, const char *name)
{
	size_t planted = 0, found = 0, equal = 0;

	for (size_t i = 0; i < n; i++) {
		const struct outcome_family *x = find_family(&o[i], name);

		if (x == NULL)
			continue;
		planted += x->stop >= 0;
		found += x->cliff >= 0;
		equal += x->stop >= 0 && x->stop == x->cliff;
	}
	printf("  %-17s %8zu %8zu %8zu", name, planted, found, equal);
	if (strcmp(name, STOP_NAME) == 0) {
		printf("  found");
		for (size_t i = 0; i < n; i++)
			printf(" %d", find_family(&o[i], name)->cliff);
	}
	putchar('\n');
}

static void print_stops(const struct outcome *o, size_t n)
{
	printf("  %-17s %8s %8s %8s\n", "stop of", "planted", "found", "equal");
	for (size_t i = 0; i < o[0].n_families; i++)
		print_stop(o, n, o[0].families[i].name);
}

/* -------------------------------------------------------------- experiment */

static void print_sizes(const struct outcome *o, size_t n)
{
	double *x = mem_alloc(n, sizeof(*x));
	static const struct {
		const char *name;
		size_t at;
	} sizes[] = {
		{ "events", offsetof(struct outcome, events) },
		{ "hosts", offsetof(struct outcome, hosts) },
		{ "with viruses", offsetof(struct outcome, virus) },
		{ "with spam", offsetof(struct outcome, spam) },
	};

	printf("medians:");
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		for (size_t i = 0; i < n; i++) {
			uint64_t count;

			memcpy(&count, (const char *)&o[i] + sizes[k].at,
			       sizeof(count));
			x[i] = (double)count;
		}
		printf("%s %.0f %s", k ? "," : "", range_of(x, n).median,
		       sizes[k].name);
	}
	putchar('\n');
	free(x);
}

static void print_right(const struct experiment *x, const struct outcome *o,
			size_t n)
{
	size_t right = 0;

	for (size_t i = 0; i < n; i++)
		right += o[i].is_right;
	printf("right: %zu of %zu (%s%s%s%s)\n", right, n,
	       x->want != ANY_RESULT
		       ? judge_result_text((enum judge_result)x->want)
	       : x->world == WORLD_CAUSAL ? "nothing is promised"
					  : "any but smoking gun",
	       x->has_carriers ? ", and the families planted carry it" : "",
	       x->has_arrow ? ", and the arrow points backwards" : "",
	       x->has_stop ? ", and stops are found where planted" : "");
	if (right == n)
		return;
	printf("seeds that failed:");
	for (size_t i = 0; i < n; i++)
		if (!o[i].is_right)
			printf(" %llu (%s)", (unsigned long long)o[i].seed,
			       judge_result_text(o[i].result));
	putchar('\n');
}

void print_experiment(const struct experiment *x, const struct outcome *o,
		      size_t n, double seconds)
{
	printf("\n%s: %s\n", x->name, x->about);
	print_right(x, o, n);
	print_verdicts(o, n);
	print_sizes(o, n);
	print_criteria(o, n);
	if (x->has_carriers)
		print_carriers(o, n);
	if (x->has_stop)
		print_stops(o, n);
	printf("time: %.1f s, %.2f s a world\n", seconds, seconds / (double)n);
	fflush(stdout);
}

void print_brief(const struct experiment *x, const struct outcome *o)
{
	static const char letters[] = "sai-";

	printf("%s %llu %s ", x->name, (unsigned long long)o->seed,
	       o->is_right ? "right" : "wrong");
	for (int c = 0; c < N_CRITERIA; c++)
		putchar(letters[o->calls[c]]);
	printf(" %s\n", judge_result_text(o->result));
	fflush(stdout);
}
