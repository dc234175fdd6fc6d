import type { FactorWay } from '../factor/policy.ts'
import { CodeField } from '../ui/code-field.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'
import { fill, type TextKey, type Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'

export interface MfaPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly basePath: string
  /** Whether somebody is only now signing in; else who is signed in shows more. */
  readonly isSignIn: boolean
  readonly label: string
  readonly ways: readonly FactorWay[]
  readonly way: FactorWay
  readonly next: string | null
  /** `null`: a device cannot be trusted. */
  readonly trustDays: number | null
  readonly problem: FormProblem | null
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
}

/** Asks for a second factor. Each way is a page of its own, so that none needs a script to be chosen. */
export function renderMfaPage(props: MfaPageProps): string {
  const { texts, theme, problem, way, isSignIn } = props
  const title = isSignIn ? texts.mfaTitle : texts.mfaStepUpTitle
  return toDocument(
    <Layout texts={texts} theme={theme} title={title} failed={problem !== null}>
      <h1>{title}</h1>
      {problem !== null && (
        <FormProblemNotice
          texts={texts}
          problem={problem}
          retryAfterSeconds={props.retryAfterSeconds}
          requestId={props.requestId}
          hasFieldErrors={true}
          wrongCredentials={way === 'recovery' ? 'mfaWrongRecovery' : 'mfaWrong'}
        />
      )}
      <CodeForm {...props} />
      <OtherWays {...props} />
    </Layout>,
  )
}

const TEXTS = {
  totp: { text: 'mfaTotpText', label: 'mfaTotpLabel' },
  recovery: { text: 'mfaRecoveryText', label: 'mfaRecoveryLabel' },
} as const satisfies Partial<Record<FactorWay, { text: TextKey; label: TextKey }>>

function CodeForm(props: MfaPageProps) {
  const { texts, theme, problem, trustDays } = props
  const way = props.way === 'recovery' ? 'recovery' : 'totp'
  return (
    <form method="post">
      <p class="muted">{fill(texts[TEXTS[way].text], { site: theme.name })}</p>
      <p class="who">
        <span class="label">{props.isSignIn ? texts.mfaSigningInAs : texts.signedInAs}</span>{' '}
        <bdi>{visibleText(props.label)}</bdi>
      </p>
      <input type="hidden" name="way" value={way} />
      <CodeField
        label={texts[TEXTS[way].label]}
        kind={way === 'totp' ? 'digits' : 'text'}
        noticed={problem === 'wrong_credentials'}
        error={problem === 'invalid_form' ? texts.mfaCodeMissing : null}
      />
      {trustDays !== null && <TrustChoice texts={texts} days={trustDays} />}
      {props.next !== null && <input type="hidden" name="next" value={props.next} />}
      <button class="button" type="submit">
        {texts.mfaSubmit}
      </button>
    </form>
  )
}

function TrustChoice({ texts, days }: { readonly texts: Texts; readonly days: number }) {
  return (
    <div class="choice">
      <input type="checkbox" id="trust" name="trust" value="1" aria-describedby="trust-hint" />
      <div>
        <label for="trust">{texts.mfaTrust}</label>
        <span class="hint" id="trust-hint">
          {fill(texts.mfaTrustHint, { days: String(days) })}
        </span>
      </div>
    </div>
  )
}

const USE = { totp: 'mfaUseTotp', recovery: 'mfaUseRecovery' } as const

function OtherWays({ texts, basePath, ways, way, next, isSignIn }: MfaPageProps) {
  const others = ways.flatMap((other) =>
    other === way || (other !== 'totp' && other !== 'recovery') ? [] : [other],
  )
  const query = next === null ? '' : `&${new URLSearchParams({ next })}`
  return (
    <nav aria-label={texts.mfaOtherWays}>
      <ul class="links">
        {others.map((other) => (
          <li>
            <SafeLink href={`${basePath}/mfa?way=${other}${query}`}>{texts[USE[other]]}</SafeLink>
          </li>
        ))}
        <li>
          {isSignIn ? (
            <SafeLink href={`${basePath}/login?switch=1`}>{texts.mfaCancel}</SafeLink>
          ) : (
            <SafeLink href={`${basePath}/logout`}>{texts.reauthSignOut}</SafeLink>
          )}
        </li>
      </ul>
    </nav>
  )
}
