import type { SiteSettings } from '../config/settings.ts'
import type { Language } from '../ui/text/text.ts'

/** What a capability asks to be sent. */
export interface Mail {
  /** What it is about, in the log and the audit row of a failure: `password_reset`. */
  readonly kind: string
  /** An address as an account or an invitation keeps it, already normalised; never what a request says (P18). */
  readonly to: string
  /** Whose mail it is, for the audit row of a failure; `null` where there is no account. */
  readonly userId: string | null
  /** Gives the mail its name, its colour and the origin of its links. */
  readonly site: SiteSettings
  readonly language: Language
  readonly content: MailContent
  /** Unix milliseconds. It is not sent any more from then on: a reset link that no longer works helps nobody. */
  readonly expiresAt: number
}

/** The parts of a mail, in the order they are read. All of it is plain text. */
export interface MailContent {
  readonly subject: string
  readonly heading: string
  readonly paragraphs: readonly string[]
  /** What the reader does next. The path is one of this site: the origin before it is the configured one (P7). */
  readonly button?: { readonly label: string; readonly path: string }
  /** Something to type elsewhere, in large letters. */
  readonly code?: string
  /** When, where from, with what: `requestFacts` makes the usual ones. */
  readonly facts?: readonly Fact[]
  /** "You get this because …": stands at the foot. */
  readonly reason: string
}

export interface Fact {
  readonly label: string
  readonly value: string
}

/** A mail as it is read. */
export interface Message {
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface MailAddress {
  readonly name: string
  readonly address: string
}

/** A mail as it is handed to whoever sends it. */
export interface Letter extends Message {
  /** The same in every attempt, so that a service that knows such keys sends it once. */
  readonly id: string
  readonly from: MailAddress
  readonly replyTo: string | null
  readonly to: string
}

export type Sent =
  | { readonly kind: 'sent' }
  /** Not now: the service is away, busy, or does not accept our key at the moment. */
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfterSeconds: number | null }
  /** Not ever: there is no such mailbox, say. */
  | { readonly kind: 'refused'; readonly reason: string }

/** Hands one mail on. What it throws counts as `later`. A reason is a short code; it never holds an address or a key. */
export type Sender = (letter: Letter) => Promise<Sent>
