import type { FactorWay } from '../factor/policy.ts'
import { CodeField } from '../ui/code-field.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { NoPasskey, type PasskeyAsk, PasskeyForm } from '../ui/passkey-form.tsx'
import { type PostFate, PostNotice } from '../ui/post-notice.tsx'
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
  /** Whether a code has been mailed; until then a button sends one. */
  readonly isSent: boolean
  readonly next: string | null
  /** What the browser is asked for, where the way is a passkey. */
  readonly passkey: PasskeyAsk | null
  /** What has become of a form that led here. */
  readonly post: PostFate | null
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
      <PostNotice texts={texts} post={props.post} />
      {problem !== null && (
        <FormProblemNotice
          texts={texts}
          problem={problem}
          retryAfterSeconds={props.retryAfterSeconds}
          requestId={props.requestId}
          hasFieldErrors={true}
          wrongCredentials={WRONG[way]}
        />
      )}
      {way === 'passkey' && <PasskeyPart {...props} />}
      {way === 'email' && !props.isSent && <SendForm {...props} />}
      {way !== 'passkey' && (way !== 'email' || props.isSent) && <CodeForm {...props} />}
      {way === 'email' && props.isSent && (
        <SafeLink href={`${props.basePath}/mfa?way=email`} class="button quiet">
          {texts.mfaEmailAgain}
        </SafeLink>
      )}
      <OtherWays {...props} />
    </Layout>,
  )
}

const WRONG = {
  passkey: 'mfaWrongPasskey',
  totp: 'mfaWrong',
  recovery: 'mfaWrongRecovery',
  email: 'mfaWrongEmail',
} as const satisfies Record<FactorWay, TextKey>

function PasskeyPart(props: MfaPageProps) {
  const { texts, passkey, trustDays } = props
  if (passkey === null) return null
  return (
    <>
      <p class="muted">{texts.mfaPasskeyText}</p>
      <Who {...props} />
      {trustDays !== null && <TrustChoice texts={texts} days={trustDays} />}
      <PasskeyForm
        texts={texts}
        ask={passkey}
        action={null}
        label="mfaPasskeySubmit"
        isQuiet={false}
        isConditional={false}
      >
        <input type="hidden" name="way" value="passkey" />
        {props.next !== null && <input type="hidden" name="next" value={props.next} />}
      </PasskeyForm>
      <NoPasskey texts={texts} />
    </>
  )
}

function Who({ texts, isSignIn, label }: MfaPageProps) {
  return (
    <p class="who">
      <span class="label">{isSignIn ? texts.mfaSigningInAs : texts.signedInAs}</span>{' '}
      <bdi>{visibleText(label)}</bdi>
    </p>
  )
}

function SendForm(props: MfaPageProps) {
  const { texts, next } = props
  return (
    <form method="post">
      <p class="muted">{texts.mfaEmailText}</p>
      <Who {...props} />
      <input type="hidden" name="way" value="email" />
      <input type="hidden" name="action" value="send" />
      {next !== null && <input type="hidden" name="next" value={next} />}
      <button class="button" type="submit">
        {texts.mfaEmailSend}
      </button>
    </form>
  )
}

const TEXTS = {
  totp: { text: 'mfaTotpText', label: 'mfaTotpLabel' },
  recovery: { text: 'mfaRecoveryText', label: 'mfaRecoveryLabel' },
  email: { text: 'mfaEmailSent', label: 'mfaEmailLabel' },
} as const satisfies Partial<Record<FactorWay, { text: TextKey; label: TextKey }>>

function CodeForm(props: MfaPageProps) {
  const { texts, theme, problem, trustDays } = props
  const way = props.way === 'passkey' ? 'totp' : props.way
  return (
    <form method="post">
      <p class="muted">{fill(texts[TEXTS[way].text], { site: theme.name })}</p>
      <Who {...props} />
      <input type="hidden" name="way" value={way} />
      <CodeField
        label={texts[TEXTS[way].label]}
        kind={way === 'recovery' ? 'text' : 'digits'}
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

const USE = { passkey: 'mfaUsePasskey', totp: 'mfaUseTotp', recovery: 'mfaUseRecovery' } as const

function OtherWays({ texts, basePath, ways, way, next, isSignIn }: MfaPageProps) {
  const others = ways.flatMap((other) => (other === way || other === 'email' ? [] : [other]))
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
