import { raw } from 'hono/html'
import { toDocument } from '../ui/layout.tsx'
import type { Palette } from '../ui/palette.ts'
import type { Rendered } from './render.tsx'

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Ubuntu,'Helvetica Neue',Arial,sans-serif"
const BLOCK = `margin:0 0 20px;${FONT};font-size:16px;line-height:1.5`

/**
 * The HTML part. Mail programs know little: colours and sizes stand in the elements (some drop `<style>`), tables give the width and the
 * button (Outlook ignores both otherwise), the style sheet only brings the dark scheme. No image, no font, nothing is loaded: a mail
 * tells nobody that it was opened.
 */
export function renderHtml({ language, siteName, siteUrl, content, button, light, dark }: Rendered): string {
  return toDocument(
    <html lang={language} dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{content.subject}</title>
        <style>{raw(darkStyle(dark))}</style>
      </head>
      <body class="page" style={`margin:0;padding:0;background-color:${light.page};color:${light.text}`}>
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border={0}>
          <tr>
            <td align="center" style="padding:32px 12px">
              <table
                role="presentation"
                width="100%"
                cellpadding="0"
                cellspacing="0"
                border={0}
                style="max-width:480px;text-align:left"
              >
                <tr>
                  <td
                    class="strong"
                    style={`padding:0 4px 16px;${FONT};font-size:15px;font-weight:600;color:${light.text}`}
                  >
                    {siteName}
                  </td>
                </tr>
                <tr>
                  <td
                    class="card"
                    bgcolor={light.card}
                    style={`padding:28px 28px 12px;background-color:${light.card};border:1px solid ${light.line};border-radius:14px`}
                  >
                    <h1
                      class="strong"
                      style={`margin:0 0 16px;${FONT};font-size:22px;line-height:1.3;font-weight:650;color:${light.text}`}
                    >
                      {content.heading}
                    </h1>
                    {content.paragraphs.map((paragraph) => (
                      <p class="strong" style={`${BLOCK};color:${light.text}`}>
                        {paragraph}
                      </p>
                    ))}
                    {content.code !== undefined && <Code code={content.code} light={light} />}
                    {button && <Button {...button} light={light} />}
                    {content.facts && content.facts.length > 0 && (
                      <Facts facts={content.facts} light={light} />
                    )}
                  </td>
                </tr>
                <tr>
                  <td
                    class="soft"
                    style={`padding:16px 4px 0;${FONT};font-size:13px;line-height:1.5;color:${light.muted}`}
                  >
                    {content.reason}
                    <br />
                    {siteName},{' '}
                    <a class="soft" href={siteUrl} style={`color:${light.muted}`}>
                      {siteUrl.replace(/^https?:\/\//, '')}
                    </a>
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html>,
  )
}

function Button({ label, href, light }: { label: string; href: string; light: Palette }) {
  return (
    <>
      <table role="presentation" cellpadding="0" cellspacing="0" border={0} style="margin:4px 0 20px">
        <tr>
          <td
            class="button"
            bgcolor={light.accent}
            style={`background-color:${light.accent};border:1px solid ${light.edge};border-radius:10px`}
          >
            <a
              class="on"
              href={href}
              style={`display:inline-block;padding:12px 22px;${FONT};font-size:16px;font-weight:600;line-height:1.25;text-decoration:none;color:${light.on}`}
            >
              {label}
            </a>
          </td>
        </tr>
      </table>
      {/* For programs that show no links, and for readers who look before they follow one. */}
      <p class="soft" style={`${BLOCK};font-size:13px;word-break:break-all;color:${light.muted}`}>
        <a class="link" href={href} style={`color:${light.link}`}>
          {href}
        </a>
      </p>
    </>
  )
}

function Code({ code, light }: { code: string; light: Palette }) {
  return (
    <p
      class="code"
      style={`margin:0 0 20px;padding:14px 12px;text-align:center;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:28px;line-height:1.2;font-weight:600;letter-spacing:4px;color:${light.text};background-color:${light.page};border:1px solid ${light.line};border-radius:10px`}
    >
      {code}
    </p>
  )
}

function Facts({ facts, light }: { facts: readonly { label: string; value: string }[]; light: Palette }) {
  return (
    <table
      role="presentation"
      cellpadding="0"
      cellspacing="0"
      border={0}
      width="100%"
      class="rule"
      style={`margin:0 0 16px;border-top:1px solid ${light.line}`}
    >
      {facts.map(({ label, value }) => (
        <tr>
          <td
            class="soft"
            style={`padding:10px 16px 0 0;vertical-align:top;white-space:nowrap;${FONT};font-size:14px;color:${light.muted}`}
          >
            {label}
          </td>
          <td
            class="strong"
            width="100%"
            style={`padding:10px 0 0;vertical-align:top;${FONT};font-size:14px;color:${light.text}`}
          >
            {value}
          </td>
        </tr>
      ))}
    </table>
  )
}

/** Ours and Outlook's own attribute for its dark scheme say the same. Colours come from the palette, so there is nothing to escape. */
function darkStyle(dark: Palette): string {
  const rules: readonly (readonly [string, string])[] = [
    ['.page', `background-color:${dark.page}!important`],
    ['.card', `background-color:${dark.card}!important;border-color:${dark.line}!important`],
    ['.strong', `color:${dark.text}!important`],
    ['.soft', `color:${dark.muted}!important`],
    ['.link', `color:${dark.link}!important`],
    ['.rule', `border-color:${dark.line}!important`],
    ['.button', `background-color:${dark.accent}!important;border-color:${dark.edge}!important`],
    ['.on', `color:${dark.on}!important`],
    [
      '.code',
      `background-color:${dark.page}!important;color:${dark.text}!important;border-color:${dark.line}!important`,
    ],
  ]
  const of = (prefix: string) => rules.map(([name, style]) => `${prefix}${name}{${style}}`).join('')
  return `:root{color-scheme:light dark;supported-color-schemes:light dark}@media (prefers-color-scheme:dark){${of('')}}${of('[data-ogsc] ')}`
}
