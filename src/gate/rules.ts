import { asksAsMuch } from './asks-as-much.ts'
import type { PathReading } from './path.ts'
import { matchesGlob, type PatternSegment, parsePattern } from './pattern.ts'
import type { Rule } from './rule.ts'

export interface RuleMatch {
  readonly rule: Rule
  /** Position in the configuration; -1 is the built-in rule for everything else. */
  readonly index: number
}

export interface RuleSet {
  /** The first rule that speaks of one decoded reading. */
  match(path: string, method: string, host: string): RuleMatch
  /**
   * Rules before `match` that would speak of the request if letter case and a trailing slash did not count, in order. They are
   * what an origin that ignores both would have wanted asked.
   */
  softMatchesBefore(match: RuleMatch, path: string, method: string, host: string): readonly RuleMatch[]
  /** Every rule in order, and why it does not speak of the request (`null`: it does). */
  trace(
    path: string,
    method: string,
    host: string,
  ): readonly (RuleMatch & { readonly miss: 'path' | 'method' | 'host' | null })[]
}

/** Rules as a tree of segments: one walk finds the first match, however many rules there are. */
interface Node {
  readonly literal: Map<string, Node>
  readonly globs: { readonly text: string; readonly node: Node }[]
  /** `**`: this node is reached after any number of segments. */
  rest: Node | null
  /** Rules whose pattern ends here, in order. */
  readonly ends: number[]
}

export function compileRules(rules: readonly Rule[], fallback: Rule): RuleSet {
  const exact = newNode()
  const folded = newNode()
  let hasOtherSpelling = false
  for (const [index, rule] of rules.entries()) {
    insert(exact, parsePattern(rule.path), index)
    insert(folded, parsePattern(fold(rule.path)), index)
    hasOtherSpelling ||= fold(rule.path) !== rule.path
  }
  const speaks = (index: number, method: string, host: string) => missOf(rules[index], method, host) === null

  function find(path: string, method: string, host: string): RuleMatch {
    let best = rules.length
    walk(exact, path.split('/'), 1, (ends) => {
      for (const index of ends) {
        if (index >= best) return
        if (speaks(index, method, host)) best = index
      }
    })
    const rule = rules[best]
    return rule ? { rule, index: best } : { rule: fallback, index: -1 }
  }

  return {
    match: find,
    softMatchesBefore({ index: bound }, path, method, host) {
      const found = new Set<number>()
      const end = bound < 0 ? rules.length : bound
      const collect = (ends: readonly number[]) => {
        for (const index of ends) {
          if (index >= end) return
          if (speaks(index, method, host)) found.add(index)
        }
      }
      const text = fold(path)
      // Where there is nothing to fold the folded tree says of the path itself what the exact one has said.
      if (hasOtherSpelling || text !== path) walk(folded, text.split('/'), 1, collect)
      if (text !== '/') {
        walk(folded, (text.endsWith('/') ? text.slice(0, -1) : `${text}/`).split('/'), 1, collect)
      }
      return [...found]
        .sort((a, b) => a - b)
        .flatMap((index) => {
          const rule = rules[index]
          return rule ? [{ rule, index }] : []
        })
    },
    trace(path, method, host) {
      const matched = new Set<number>()
      walk(exact, path.split('/'), 1, (ends) => {
        for (const index of ends) matched.add(index)
      })
      return rules.map((rule, index) => ({
        rule,
        index,
        miss: matched.has(index) ? missOf(rule, method, host) : 'path',
      }))
    },
  }
}

export type Choice =
  | { readonly kind: 'rule'; readonly match: RuleMatch }
  | { readonly kind: 'ambiguous'; readonly reason: string }

/**
 * The rule that decides about a path in all its readings. Readings that fall under different rules make it ambiguous. Letter case,
 * a trailing slash and needless escapes are softer, as origins that differ in them differ in nothing else: rules that restrict
 * count in any spelling, rules that permit only in their own.
 */
export function chooseRule(set: RuleSet, reading: PathReading, method: string, host: string): Choice {
  if (reading.kind === 'refused') return { kind: 'ambiguous', reason: reading.reason }
  const choice = chooseSoftly(set, reading.path, method, host)
  if (reading.kind === 'plain' || choice.kind === 'ambiguous') return choice
  for (const other of reading.others) {
    const second = chooseSoftly(set, other, method, host)
    if (second.kind === 'ambiguous') return second
    if (second.match.index !== choice.match.index) {
      return {
        kind: 'ambiguous',
        reason: `an origin might read it as ${other}, which falls under another rule`,
      }
    }
  }
  const literal = reading.undecoded.flatMap((path) => {
    const match = set.match(path, method, host)
    return [match, ...set.softMatchesBefore(match, path, method, host)]
  })
  return chooseStricter(choice.match, literal, method)
}

function chooseSoftly(set: RuleSet, path: string, method: string, host: string): Choice {
  const match = set.match(path, method, host)
  return chooseStricter(match, set.softMatchesBefore(match, path, method, host), method)
}

/** The one of some rules that asks for everything that any of them asks for. */
function chooseStricter(first: RuleMatch, others: readonly RuleMatch[], method: string): Choice {
  let match = first
  for (const other of others) {
    if (asksAsMuch(match.rule, other.rule, method)) continue
    if (!asksAsMuch(other.rule, match.rule, method)) {
      return { kind: 'ambiguous', reason: 'only its spelling decides between two rules' }
    }
    match = other
  }
  return { kind: 'rule', match }
}

function walk(
  node: Node,
  segments: readonly string[],
  at: number,
  visit: (ends: readonly number[]) => void,
): void {
  if (node.rest) {
    // `/a/**` covers `/a` as well, so zero segments count. At a pattern's end the rest needs no looking at.
    visit(node.rest.ends)
    if (hasChildren(node.rest))
      for (let next = at; next <= segments.length; next++) walk(node.rest, segments, next, visit)
  }
  const segment = segments[at]
  if (segment === undefined) {
    visit(node.ends)
    return
  }
  const literal = node.literal.get(segment)
  if (literal) walk(literal, segments, at + 1, visit)
  for (const { text, node: next } of node.globs) {
    if (matchesGlob(text, segment)) walk(next, segments, at + 1, visit)
  }
}

function hasChildren({ literal, globs, rest }: Node): boolean {
  return literal.size > 0 || globs.length > 0 || rest !== null
}

function insert(root: Node, segments: readonly PatternSegment[], index: number): void {
  let node = root
  for (const segment of segments) node = childOf(node, segment)
  node.ends.push(index)
}

function childOf(node: Node, segment: PatternSegment): Node {
  if (segment.kind === 'rest') {
    node.rest ??= newNode()
    return node.rest
  }
  if (segment.kind === 'literal') {
    const known = node.literal.get(segment.text)
    if (known) return known
    const created = newNode()
    node.literal.set(segment.text, created)
    return created
  }
  const known = node.globs.find(({ text }) => text === segment.text)
  if (known) return known.node
  const created = { text: segment.text, node: newNode() }
  node.globs.push(created)
  return created.node
}

function newNode(): Node {
  return { literal: new Map(), globs: [], rest: null, ends: [] }
}

function missOf(rule: Rule | undefined, method: string, host: string): 'method' | 'host' | null {
  if (!rule) return null
  if (rule.hosts && !rule.hosts.includes(host)) return 'host'
  if (!rule.methods || rule.methods.includes(method)) return null
  return method === 'HEAD' && rule.methods.includes('GET') ? null : 'method'
}

/**
 * One letter case, and accents joined to their letters. Beyond ASCII as well: servers disagree there, and a fold too many only
 * makes a rule count that restricts.
 */
function fold(text: string): string {
  return text.toLowerCase().normalize('NFC')
}
