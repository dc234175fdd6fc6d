/** What a rule must have, and a site. They stand in for what was wrong and ask for no more than the defaults do. */
const PLAIN_RULE = { path: '/**', access: 'user' }
const SOME_ORIGIN = { url: 'https://origin.invalid' }

/**
 * A configuration without the values at these places, so that the checks across options can look at the rest of it. Rules keep
 * their positions, and they and the sites get back what they cannot be without.
 */
export function withoutValues(config: unknown, places: readonly (readonly PropertyKey[])[]): unknown {
  let rest = config
  for (const place of places) rest = without(rest, place)
  return fillIn(rest, config)
}

function without(value: unknown, [key, ...below]: readonly PropertyKey[], name?: PropertyKey): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) {
    const kept = value.map((item, index) => (index === key ? without(item, below) : item))
    if (name === 'rules') return kept.map((item) => item ?? {})
    // A list that lacks one of its names says something else.
    return kept.includes(undefined) ? undefined : kept
  }
  // What is missing where it must be: the whole is no good.
  if (below.length === 0 && !Object.hasOwn(value, key)) return undefined
  return Object.fromEntries(
    Object.entries(value).flatMap(([property, item]) => {
      const left = property === key ? without(item, below, property) : item
      return left === undefined ? [] : [[property, left]]
    }),
  )
}

function fillIn(rest: unknown, before: unknown): unknown {
  if (!isObject(rest) || !isObject(before)) return rest
  const { rules, sites } = rest
  const sitesBefore = before.sites
  return {
    ...rest,
    ...(Array.isArray(rules) ? { rules: rules.map((rule) => ({ ...PLAIN_RULE, ...rule })) } : {}),
    ...(before.origin !== undefined && rest.origin === undefined ? { origin: SOME_ORIGIN } : {}),
    ...(Array.isArray(sites) && Array.isArray(sitesBefore)
      ? { sites: sites.map((site, index) => fillIn(site, sitesBefore[index])) }
      : {}),
  }
}

function isObject(value: unknown): value is {
  readonly rules?: unknown
  readonly origin?: unknown
  readonly sites?: unknown
} {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
