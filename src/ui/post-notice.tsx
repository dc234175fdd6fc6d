import { Icon } from './icon.tsx'
import type { Texts } from './text/text.ts'

/** What has become of a form that met a session which had ended: kept for after the sign-in, or not, which is said before it. */
export type PostFate = 'kept' | 'lost'

export function PostNotice({ texts, post }: { readonly texts: Texts; readonly post: PostFate | null }) {
  if (post === null) return null
  return (
    <div class={`notice ${post === 'kept' ? 'good' : 'note'}`} role="status">
      <Icon name={post === 'kept' ? 'check' : 'info'} />
      <div>
        <p>{post === 'kept' ? texts.postKept : texts.postLost}</p>
      </div>
    </div>
  )
}
