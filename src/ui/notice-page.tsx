import { Icon, type IconName } from './icon.tsx'
import { Layout, SafeLink, toDocument } from './layout.tsx'
import type { Tone } from './notice.tsx'
import type { Texts } from './text/text.ts'
import type { CompiledTheme } from './theme.ts'

/** A page that says how something went and what to do next. */
export function renderNoticePage(props: {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly icon: IconName
  readonly tone: Tone
  readonly title: string
  readonly paragraphs: readonly string[]
  /** The first is the one to press. */
  readonly links: readonly { readonly label: string; readonly href: string }[]
}): string {
  return toDocument(
    <Layout texts={props.texts} theme={props.theme} title={props.title}>
      <div class={`sign ${props.tone}`} aria-hidden="true">
        <Icon name={props.icon} size={24} />
      </div>
      <h1>{props.title}</h1>
      {props.paragraphs.map((paragraph) => (
        <p class="muted">{paragraph}</p>
      ))}
      {props.links.map(({ label, href }, index) => (
        <SafeLink href={href} class={index === 0 ? 'button' : 'button quiet'}>
          {label}
        </SafeLink>
      ))}
    </Layout>,
  )
}
