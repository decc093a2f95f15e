import { createHash } from 'node:crypto'
import { html, Markup } from './html.ts'
import { style } from './style.ts'

const styleHash = createHash('sha256').update(style).digest('base64')

/** Nothing runs and nothing is loaded: the pages need the one style and the icon, and ask nobody but their own registry. */
export const pageHeaders: readonly string[] = headersWith('')

/** The same for a page that runs one script of its own, which stands in it as it is here, and nothing else. */
export function scriptedHeaders(script: string): readonly string[] {
  return headersWith(` script-src 'sha256-${createHash('sha256').update(script).digest('base64')}';`)
}

function headersWith(scripts: string): readonly string[] {
  return [
    'Content-Type',
    'text/html; charset=utf-8',
    'Content-Security-Policy',
    `default-src 'none';${scripts} style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    'X-Content-Type-Options',
    'nosniff',
    'Referrer-Policy',
    // Not `no-referrer`: with that browsers send forms under the origin `null`, as a page of somebody else's would.
    'same-origin',
    'Cache-Control',
    'private, no-cache',
    'Vary',
    'Authorization, Host',
  ]
}

const mark = new Markup(
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" aria-hidden="true">' +
    '<path d="M3 13.5h18l-2.2 5.2a2 2 0 0 1-1.8 1.3H7a2 2 0 0 1-1.8-1.3z"/><path d="M6 13.5v-5h5.2v5M12.8 13.5v-5H18v5M9 8.5V4h6v4.5"/></svg>',
)
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%230b6b6b' stroke-width='2' stroke-linejoin='round'%3E%3Cpath d='M3 13.5h18l-2.2 5.2a2 2 0 0 1-1.8 1.3H7a2 2 0 0 1-1.8-1.3zM6 13.5v-5h5.2v5M12.8 13.5v-5H18v5M9 8.5V4h6v4.5'/%3E%3C/svg%3E"

/** A whole document around `body`. `search`: the box to search by, where something can be. */
export function page(title: string, body: Markup, search: Markup | undefined): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${icon}">
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><a class="brand" href="/">${mark}<span>Lading</span></a>
${search ?? ''}</header>
<main id="main">
${body}
</main>
<footer><p>Lading is a self-hosted registry for container images, charts and every other artifact that OCI clients push.</p></footer>
</body>
</html>
`.text
}
