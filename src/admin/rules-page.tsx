import type { Explanation, Outcome } from '../gate/explain.ts'
import { accessText } from '../gate/explain.ts'
import { DEFAULT_RULE, type Rule } from '../gate/rule.ts'
import type { AccountFrame } from '../ui/account-layout.tsx'
import { adminDocument } from '../ui/admin-layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { fill, type Texts } from '../ui/text/text.ts'
import { visibleText } from '../ui/visible-text.ts'

/** What was asked, as typed. */
export interface RulesQuestion {
  readonly method: string
  readonly path: string
  readonly as: string
}

export interface RulesPageProps {
  readonly frame: AccountFrame
  readonly site: string
  readonly rules: readonly Rule[]
  readonly question: RulesQuestion
  /** `unknown_user`: nobody is called so. `null`: nothing was asked. */
  readonly answer: Explanation | 'unknown_user' | 'no_path' | null
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

export function renderRulesPage(props: RulesPageProps): string {
  const { frame, question, answer } = props
  const { texts } = frame
  return adminDocument(frame, {
    section: '/admin/rules',
    failed: typeof answer === 'string',
    children: (
      <>
        <p class="muted">{fill(texts.adminRulesHint, { host: visibleText(props.site) })}</p>
        <form method="get" class="filters">
          <div>
            <label for="method">{texts.adminMethod}</label>
            <select class="input" id="method" name="method">
              {METHODS.map((method) => (
                <option value={method} selected={question.method === method}>
                  {method}
                </option>
              ))}
            </select>
          </div>
          <div class="grow">
            <label for="path">{texts.adminPath}</label>
            <input
              class="input"
              id="path"
              name="path"
              value={question.path}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              required
            />
          </div>
          <div class="grow">
            <label for="as">{texts.adminAs}</label>
            <input
              class="input"
              id="as"
              name="as"
              value={question.as}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
            />
          </div>
          <button class="button" type="submit">
            {texts.adminExplain}
          </button>
        </form>
        <Answer {...props} />
        <RuleTable {...props} />
      </>
    ),
  })
}

function Answer({ frame: { texts }, answer, question }: RulesPageProps) {
  if (answer === null) return null
  if (typeof answer === 'string')
    return (
      <Notice tone="bad">
        <p>{answer === 'unknown_user' ? texts.adminUnknownUser : texts.adminNoPath}</p>
      </Notice>
    )
  const others = answer.readings.slice(1)
  return (
    <Notice tone={answer.outcome.kind === 'forwarded' ? 'good' : 'note'}>
      <p>
        <code>
          {question.method} {visibleText(answer.path)}
        </code>{' '}
        · {visibleText(question.as === '' ? texts.adminAnonymous : question.as)}
      </p>
      <p>{outcomeText(texts, answer.outcome)}</p>
      {others.length > 0 && <p>{fill(texts.adminReadings, { readings: visibleText(others.join('  ')) })}</p>}
    </Notice>
  )
}

function outcomeText(texts: Texts, outcome: Outcome): string {
  switch (outcome.kind) {
    case 'refused_path':
      return texts.adminOutcomePath
    case 'guest_made':
      return texts.adminOutcomeGuest
    case 'forwarded':
      return outcome.identity ? texts.adminOutcomeKnown : texts.adminOutcomeAnonymous
    case 'refused':
      return fill(texts.adminOutcomeRefused, { reason: outcome.reason, answer: outcome.answer })
  }
}

function RuleTable({ frame: { texts }, rules, answer }: RulesPageProps) {
  const traced = answer !== null && typeof answer !== 'string' ? answer.rules : []
  const decidesAt = traced.find(({ decides }) => decides)?.index ?? null
  const rows = [...rules.map((rule, index) => ({ index, rule })), { index: -1, rule: null }]
  return (
    <div class="scroll">
      <table>
        <caption>{texts.adminRules}</caption>
        <thead>
          <tr>
            <th scope="col" class="number">
              #
            </th>
            <th scope="col">{texts.adminPath}</th>
            <th scope="col">{texts.adminAccess}</th>
            <th scope="col">{texts.adminTerms}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ index, rule }) => (
            <tr
              class={index === decidesAt ? 'decides' : undefined}
              aria-current={index === decidesAt ? 'true' : undefined}
            >
              <td class="number">{rule === null ? '' : String(index + 1)}</td>
              <td>
                <code>{rule === null ? texts.adminDefaultRule : visibleText(rule.path)}</code>
              </td>
              <td>{rule === null ? 'user' : visibleText(accessText(rule.access))}</td>
              <td class="wide">{rule === null ? '' : visibleText(termsText(rule))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What a rule says besides path and access, in the words of the configuration. */
function termsText(rule: Rule): string {
  const terms = Object.entries(rule)
    .filter(([key, value]) => !['path', 'access'].includes(key) && isSaid(key, value))
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return terms.join(', ')
}

function isSaid(key: string, value: unknown): boolean {
  return JSON.stringify(value) !== JSON.stringify(DEFAULT_RULE[key as keyof Rule])
}
