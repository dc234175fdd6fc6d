import type { Child } from 'hono/jsx'
import { Icon } from './icon.tsx'
import { fill, type Texts } from './text/text.ts'
import { visibleText } from './visible-text.ts'

/** What fields refer to with `aria-describedby`, so that the focused one reads the problem out. */
export const NOTICE_ID = 'notice'

export type Tone = 'bad' | 'note' | 'good'

/** One message above a form. A mistake is an alert; news is a status, which waits its turn. */
export function Notice({ tone, children }: { readonly tone: Tone; readonly children: Child }) {
  const icon = { bad: 'alert', note: 'info', good: 'check' } as const
  return (
    <div class={`notice ${tone}`} id={NOTICE_ID} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={icon[tone]} />
      <div>{children}</div>
    </div>
  )
}

/** What a visitor reads out to the operator; the log has the same id. */
export function RequestId({ texts, id }: { readonly texts: Texts; readonly id: string | null }) {
  return id === null ? null : <p class="small">{fill(texts.requestId, { id: visibleText(id) })}</p>
}
