import * as v from 'valibot'
import type { CheckedRule } from './rule-schema.ts'
import type { CheckedConfig } from './schema.ts'
import { type CheckedIdentity, type CheckedOrigin, type CheckedSite, IDENTITY } from './site-schema.ts'

export interface SiteEntry {
  readonly site: CheckedSite
  readonly origin: CheckedOrigin
  readonly rules: readonly CheckedRule[]
  readonly identity: CheckedIdentity
}

/** The configured sites in one form, whether written as one (`site`, `origin`, …) or as several (`sites`). */
export function sitesOf(checked: CheckedConfig): readonly SiteEntry[] {
  if (checked.sites) return checked.sites
  if (!checked.site || !checked.origin) return []
  return [
    {
      site: checked.site,
      origin: checked.origin,
      rules: checked.rules ?? [],
      identity: checked.identity ?? v.parse(IDENTITY, {}),
    },
  ]
}
