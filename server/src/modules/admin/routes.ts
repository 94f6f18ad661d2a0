import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { listOutboxMails } from '../../platform/mail/index.ts'
import type { Platform } from '../../platform/platform.ts'
import { outbox, outboxQuery } from './contract.ts'

export function adminRoutes(platform: Platform): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/outbox',
        tag: 'Installation',
        summary: 'The letters that a server without a mail server keeps, newest first',
        description:
          'Letters may carry links that sign somebody in: only who operates the installation reads them.',
        access: 'system:admin',
        query: outboxQuery,
        response: { status: 200, description: 'A page of letters', schema: outbox },
      },
      async ({ query }) => {
        const beforeId = decodeIdCursor(query.cursor)
        const mails = await listOutboxMails(platform, { limit: query.limit, beforeId })
        const page = toPage(mails, query.limit, (mail) => [mail.id])
        const data = page.data.map((mail) => ({ ...mail, createdAt: mail.createdAt.toISOString() }))
        return { data, nextCursor: page.nextCursor, delivery: platform.mail.kind }
      },
    ),
  ]
}
