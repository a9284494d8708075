import { markdownTable } from "./markdown-table.mjs"
import { permissionsParts } from "./permissions-page.mjs"

/** @typedef {import("../../packages/holdfast/src/catalogue/error-codes.ts").ErrorCodeFacts} ErrorCodeFacts */
/** @typedef {import("../../packages/holdfast/src/catalogue/events.ts").EventFacts} EventFacts */
/** @typedef {import("../../packages/holdfast/src/catalogue/metrics.ts").MetricFacts} MetricFacts */
/** @typedef {import("../../packages/holdfast/src/catalogue/option-facts.ts").OptionFacts} OptionFacts */
/** @template T @typedef {Readonly<Record<string, T>>} Table */

/**
 * The tables of the library's catalogue.
 *
 * @typedef {object} Catalogue
 * @property {Table<ErrorCodeFacts>} errorCodes
 * @property {Table<string>} errorMeanings
 * @property {Table<EventFacts>} events
 * @property {Table<MetricFacts>} metrics
 * @property {Table<Table<OptionFacts>>} options
 * @property {Table<Table<OptionFacts>>} tagIndexOptions
 * @property {Table<Table<OptionFacts>>} sweepOptions
 * @property {Table<OptionFacts>} cacheOptions
 * @property {Table<import("../../packages/holdfast/src/catalogue/permissions.ts").PermissionFacts>} permissions
 * @property {import("./permissions-page.mjs").AclRules} aclRules
 * @property {Table<Table<OptionFacts>>} domainEventOptions
 * @property {Table<MetricFacts>} domainEventMetrics
 */

/**
 * The reference pages by file name, as they are to be committed.
 *
 * @param {Catalogue} catalogue
 * @returns {Map<string, string>}
 */
export function referencePages(catalogue) {
  const {
    errorCodes,
    errorMeanings,
    events,
    metrics,
    options,
    cacheOptions,
    tagIndexOptions,
    sweepOptions,
    domainEventOptions,
    domainEventMetrics,
  } = catalogue
  return new Map([
    ["errors.md", errorsPage(errorCodes, errorMeanings)],
    ["events.md", eventsPage(events)],
    ["metrics.md", metricsPage(metrics, domainEventMetrics)],
    ["permissions.md", permissionsPage(catalogue)],
    [
      "options.md",
      optionsPage({ ...options, cache: cacheOptions, ...tagIndexOptions, ...sweepOptions, ...domainEventOptions }),
    ],
  ])
}

/** @param {Table<ErrorCodeFacts>} errorCodes @param {Table<string>} meanings */
const errorsPage = (errorCodes, meanings) =>
  page(
    "error-*.ts",
    "Errors",
    "Every error that Holdfast itself throws is a `HoldfastError`. Branch on `code`, show `message` to people, log `facts`: they hold no keys, values or secrets. `retryable` says whether the same call may succeed later without any change. What your loaders and writers throw reaches you as it is.",
    ...Object.entries(errorCodes).flatMap(([code, { remedy, retryable }]) => [
      `## \`${code}\``,
      list([`Means: ${meanings[code]}`, `Remedy: ${remedy}`, `Retryable: ${retryable ? "yes" : "no"}`]),
    ]),
  )

/** @param {Table<EventFacts>} events */
const eventsPage = (events) =>
  page(
    "events.ts",
    "Events",
    "`createHoldfast({ onEvent })` gets every event, at once and in order. Branch on `name`. Without `onEvent` no event object is made.",
    ...Object.entries(events).flatMap(([name, { when, fields }]) => [
      `## \`${name}\``,
      when,
      list(
        Object.entries(fields).map(([field, { means, unit }]) => `\`${field}\`${unit ? ` (${unit})` : ""}: ${means}`),
      ),
    ]),
  )

/** @param {Table<MetricFacts>} metrics @param {Table<MetricFacts>} domainEventMetrics */
const metricsPage = (metrics, domainEventMetrics) =>
  page(
    "metrics.ts",
    "Metrics",
    "What `stats()` of a cache answers: figures of this cache in this process, since it was made. No keys are in them.",
    metricsTable(metrics),
    "## Domain events",
    "What `stats()` of a domain event answers, in this process, since it was made. `readers` has one for each cache and group that this process reads for, or waits to read for.",
    metricsTable(domainEventMetrics),
  )

/** @param {Table<MetricFacts>} metrics */
const metricsTable = (metrics) =>
  markdownTable(
    ["figure", "kind", "unit", "meaning"],
    Object.entries(metrics).map(([name, { kind, unit, means }]) => [`\`${name}\``, kind, unit, means]),
  )

/** @param {Catalogue} catalogue */
const permissionsPage = ({ permissions, aclRules }) =>
  page(
    "permissions.ts",
    "Permissions",
    "What a user of the server has to be allowed, and no more. Tests use all of it as this user: with each client what everybody needs, `index` and events; with one client also all else in the table that concerns one server, and a sweep on a cluster while slots move. They take each right away that everybody needs, and each for `index`, events, patterns, tracking, a database and a cluster, and see what goes wrong; those for slots that move and for newer commands are optional, and nothing goes wrong without them. A right that is missing shows in `health()`, by its name but for commands within scripts on Redis 7.0, where the server does not tell it.",
    ...permissionsParts(permissions, aclRules),
  )

/** What takes the options, in words. @type {Table<string>} */
const takers = {
  createHoldfast: "`createHoldfast(options)`",
  cache: "`holdfast.cache(options)`",
  call: "Every call: `get(key, options)` and the others",
  invalidate: "`invalidate(key, options)`, besides those of every call",
  listTag: "`holdfast.listTag(tag, options)`",
  reclaimTag: "`holdfast.reclaimTag(tag, options)`",
  scan: "`scan(options)`, besides those of every call",
  invalidatePattern: "`invalidatePattern(match, options)`, besides those of every call",
  afterCommit: "`holdfast.afterCommit(work, options)`",
  event: "`holdfast.event(name, options)`",
  publish: "`event.publish(payload, options)`",
  subscribe: "`event.subscribe(options)`",
  channel: "`holdfast.channel(name, options)`",
  close: "`holdfast.close(options)`",
}

/** @param {Table<Table<OptionFacts>>} options */
const optionsPage = (options) =>
  page(
    "options.ts",
    "Options",
    'Unknown options of `createHoldfast`, `holdfast.cache`, `holdfast.event`, `holdfast.channel`, `subscribe`, `afterCommit`, `scan` and `invalidatePattern`, and of objects among them, are refused with `INVALID_OPTION`, those of other calls in types. A duration is written with its unit (ms, s, m, h or d): `"250ms"`, `"30s"`, `"1.5h"`, `{ minutes: 15 }` or a `Temporal.Duration`; a bare number is refused in types and at run time.',
    ...Object.entries(takers).flatMap(([taker, inWords]) => [
      `## ${inWords}`,
      ...Object.entries(options[taker] ?? {}).flatMap(([name, facts]) => [`### \`${name}\``, optionText(facts)]),
    ]),
  )

/** @param {OptionFacts} facts */
function optionText({ type, default: value, effect, errors }) {
  const wrong =
    errors.length === 0
      ? []
      : [`Wrong values: ${errors.map((code) => `[\`${code}\`](errors.md#${code.toLowerCase()})`).join(", ")}`]
  return `${effect}\n\n${list([`Type: ${type}`, `Default: ${value}`, ...wrong])}`
}

/**
 * @param {string} source
 * @param {string} title
 * @param {string} summary
 * @param {readonly string[]} parts
 */
const page = (source, title, summary, ...parts) =>
  [
    `# ${title}`,
    `<!-- Generated from packages/holdfast/src/catalogue/${source} by \`npm run fix\`. Do not edit. -->`,
    summary,
    ...parts,
  ].join("\n\n") + "\n"

/** @param {readonly string[]} lines */
const list = (lines) => lines.map((line) => `- ${line}`).join("\n")
