# Writes packages.json: what packages of others make of the same numbers, independent of packages/statistics.
#   apt-get install r-base-core r-cran-epir r-cran-epitools r-cran-psych
#   Rscript test/conformance/reference_packages.R > test/conformance/packages.json
# Where no package has the whole method (Dobson's limits, the slope index) its parts are a package's or base R's, and the
# joining line stands here: the weights are lm()'s, the limits of the count are epiR's.
suppressMessages({ library(epiR); library(epitools); library(psych) })
options(digits = 17)

rows <- list()
add <- function(method, of, input, expected)
  rows[[length(rows) + 1]] <<- list(method = method, of = of, input = input, expected = as.list(expected))
three <- function(x) c(value = unname(x[1]), lower = unname(x[2]), upper = unname(x[3]))

# Limits of a count: exact below 10 events, else Byar's.
counted <- function(x) {
  if (x < 10) return(as.numeric(poisson.test(x)$conf.int))
  found <- epi.smr(x, 1, method = "byar", conf.level = 0.95)
  c(found$lower, found$upper)
}

# Directly standardised rate: epitools' rate; the limits of the count epiR's (Byar), its variance weighted here.
strata <- list(
  list(x = c(12, 40, 7), n = c(310, 520, 95), w = c(5000, 6100, 3900)),
  list(x = c(3, 0, 9, 25, 4), n = c(120, 98, 240, 610, 77), w = c(900, 1100, 1000, 1200, 700)),
  list(x = c(150, 220), n = c(2900, 3050), w = c(100, 90)))
for (s in strata) {
  rate <- ageadjust.direct(s$x, s$n, stdpop = s$w)[["adj.rate"]]
  limits <- counted(sum(s$x))
  scale <- sqrt(sum(s$x * (s$w / s$n)^2) / sum(s$x)) / sum(s$w)
  add("directlyStandardisedRate", "epitools ageadjust.direct, epiR epi.smr (byar)", s,
    three(c(rate, rate + scale * (limits - sum(s$x)))))
}
# Indirectly standardised ratio: epitools' expected events; epiR's limits, exact below 10 events, else Byar.
for (s in list(
  list(x = c(10, 21), n = c(300, 410), refX = c(900, 1500), refN = c(30000, 41000)),
  list(x = c(2, 1, 3), n = c(80, 120, 95), refX = c(310, 420, 505), refN = c(9100, 10200, 12000)),
  list(x = c(66, 71, 90), n = c(1200, 1310, 1090), refX = c(5200, 4100, 6005), refN = c(91000, 102000, 120000)))) {
  o <- sum(s$x)
  expected <- ageadjust.indirect(s$x, s$n, s$refX, s$refN)$sir[["exp"]]
  add("indirectlyStandardisedRatio", "epitools ageadjust.indirect, base R poisson.test, epiR epi.smr (byar)",
    c(s, list(observed = o)), three(c(o, counted(o)) / expected))
}
for (s in list(c(1, 240), c(7, 812), c(9, 100), c(10, 95), c(143, 10250)))
  add("rate", "base R poisson.test, epiR epi.smr (byar)", list(x = s[1], n = s[2]), three(c(s[1], counted(s[1])) / s[2]))
for (s in list(c(0, 20), c(5, 60), c(22, 233), c(233, 233)))
  add("wilson", "epitools binom.wilson", list(x = s[1], n = s[2]), {
    found <- binom.wilson(s[1], s[2]); c(value = found$proportion, lower = found$lower, upper = found$upper) })
for (s in list(c(30, 410, 55, 1900), c(5, 80, 11, 300))) {
  # Group second: epitools compares with its first row.
  risk <- matrix(c(s[4] - s[3], s[2] - s[1], s[3], s[1]), nrow = 2)
  add("riskRatio", "epitools riskratio.wald", list(x1 = s[1], n1 = s[2], x0 = s[3], n0 = s[4]),
    three(suppressWarnings(riskratio.wald(risk))$measure[2, ]))
  times <- matrix(c(s[3], s[1], s[4], s[2]), nrow = 2)
  add("rateRatio", "epitools rateratio.wald", list(x1 = s[1], n1 = s[2], x0 = s[3], n0 = s[4]),
    three(rateratio.wald(times)$measure[2, ]))
}
# Slope index: lm's weighted line over the fifths' midpoints; 4 million draws of R's own generator for the interval.
set.seed(20261125)
for (kind in c("proportion", "rate", "mean")) {
  population <- c(2100, 1900, 2050, 2300, 1750)
  y <- switch(kind, proportion = c(0.31, 0.27, 0.26, 0.2, 0.17), rate = c(92, 80, 61, 66, 41), mean = c(48.1, 50.2, 50, 53.4, 55))
  half <- switch(kind, proportion = 0.02, rate = 6, mean = 0.8)
  to <- switch(kind, proportion = qlogis, rate = log, mean = identity)
  from <- switch(kind, proportion = plogis, rate = exp, mean = identity)
  a <- population / sum(population); b <- cumsum(a) - a / 2
  ends <- function(values) { k <- coef(lm(values ~ b, weights = a)); c(from(k[[1]]), from(k[[1]] + k[[2]])) }
  # A fit is linear in what is fitted: lm's ends of each unit vector give those of every draw.
  line <- sapply(1:5, function(i) { e <- rep(0, 5); e[i] <- 1; k <- coef(lm(e ~ b, weights = a)); c(k[[1]], k[[1]] + k[[2]]) })
  point <- ends(to(y))
  z <- qnorm(0.975); se <- (to(y + half) - to(y - half)) / (2 * z)
  draws <- matrix(rnorm(5 * 4e6, to(y), se), nrow = 5)
  drawn <- from(line %*% draws)
  sii <- drawn[2, ] - drawn[1, ]; rii <- drawn[2, ] / drawn[1, ]
  add("inequality", "base R lm, quantile (type 7)", list(kind = kind, population = population, value = y, half = half),
    c(slope = point[2] - point[1], ratio = point[2] / point[1],
      slopeLower = quantile(sii, 0.025, names = FALSE), slopeUpper = quantile(sii, 0.975, names = FALSE),
      ratioLower = quantile(rii, 0.025, names = FALSE), ratioUpper = quantile(rii, 0.975, names = FALSE)))
}
# Intraclass correlation of equal clusters: psych's ICC1 is one-way analysis of variance too.
clusters <- rbind(c(50, 52, 47, 55), c(61, 58, 60, 66), c(41, 47, 44, 50), c(55, 57, 49, 53), c(66, 61, 70, 64))
add("clustering", "psych ICC (ICC1)", list(clusters = apply(clusters, 1, as.list)),
  c(icc = suppressMessages(ICC(clusters, lmer = FALSE))$results$ICC[1]))
judged <- matrix(c(61, 7, 1, 9, 22, 4, 2, 5, 14), nrow = 3)
add("cohensKappa", "psych cohen.kappa", list(counts = apply(judged, 1, as.list)), c(kappa = cohen.kappa(judged)$kappa))
xs <- c(3.1, 4.4, 5, 6.2, 7.7, 8.1, 9.4, 10.6); ys <- c(2.9, 5.1, 4.2, 6.6, 6.1, 9.3, 8.2, 11)
found <- cor.test(xs, ys)
add("pearson", "base R cor.test", list(xs = xs, ys = ys), three(c(found$estimate, found$conf.int)))
add("spearman", "base R cor.test", list(xs = xs, ys = ys), c(value = unname(cor.test(xs, ys, method = "spearman")$estimate)))
scores <- c(48, 51, 55, 39, 60, 47, 52, 58, 44, 50, 49)
found <- t.test(scores)
add("meanInterval", "base R t.test", list(scores = scores), three(c(found$estimate, found$conf.int)))

json <- function(x) {
  if (is.list(x)) {
    parts <- vapply(x, json, "")
    if (is.null(names(x))) paste0("[", paste(parts, collapse = ","), "]")
    else paste0("{", paste0('"', names(x), '":', parts, collapse = ","), "}")
  } else if (is.character(x)) paste0('"', x, '"')
  else if (length(x) == 1) format(x, digits = 17)
  else paste0("[", paste(format(x, digits = 17, trim = TRUE), collapse = ","), "]")
}
version <- function(name) paste(name, packageVersion(name))
note <- paste("made by reference_packages.R:", R.version.string, paste(sapply(c("epiR", "epitools", "psych"), version), collapse = ", "))
cat('{"note":"', note, '","rows":[\n', paste(vapply(rows, json, ""), collapse = ",\n"), "\n]}\n", sep = "")
