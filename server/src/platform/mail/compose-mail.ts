import type { MailMessage } from './mailer.ts'

/** What a letter says. `paragraphs` are plain text; nothing in them is read as HTML. */
export interface Letter {
  to: string
  subject: string
  heading: string
  paragraphs: readonly string[]
  action?: { label: string; url: string }
  /** Small print below: why the reader got this, when the link ends. */
  footnote: string
}

/** A letter in both its forms. Tables and inline styles, because mail programs know little else. */
export function composeMail({ to, subject, heading, paragraphs, action, footnote }: Letter): MailMessage {
  const text = [heading, ...paragraphs, ...(action ? [`${action.label}: ${action.url}`] : []), footnote]
  const button = action
    ? `<p style="margin:24px 0"><a href="${escapeHtml(action.url)}" style="background:#1f7a55;color:#ffffff;padding:11px 18px;border-radius:6px;text-decoration:none;font-weight:600;display:inline-block">${escapeHtml(action.label)}</a></p>
<p style="margin:0 0 16px;font-size:13px;color:#6b6a63">If the button does nothing, open this address:<br><a href="${escapeHtml(action.url)}" style="color:#1f7a55;word-break:break-all">${escapeHtml(action.url)}</a></p>`
    : ''
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;background:#f4f3ee;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#1c1b17">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;background:#ffffff;border:1px solid #e3e1d9;border-radius:10px"><tr><td style="padding:32px">
<h1 style="margin:0 0 16px;font-size:20px;line-height:28px">${escapeHtml(heading)}</h1>
${paragraphs.map((one) => `<p style="margin:0 0 16px;font-size:15px;line-height:24px">${escapeHtml(one)}</p>`).join('\n')}
${button}
<p style="margin:24px 0 0;font-size:13px;line-height:20px;color:#6b6a63">${escapeHtml(footnote)}</p>
</td></tr></table></td></tr></table></body></html>`
  return { to, subject: oneLine(subject), text: `${text.join('\n\n')}\n`, html }
}

/** A name that somebody chose must not add a header. */
function oneLine(subject: string): string {
  return subject.replace(/[\r\n\t]+/g, ' ').trim()
}

function escapeHtml(value: string): string {
  return value.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign] ?? sign,
  )
}
