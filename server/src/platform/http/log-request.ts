import type { Caller } from '../context.ts'
import type { Logger } from '../telemetry/logger.ts'

export interface AnsweredRequest {
  requestId: string
  method: string
  /** As it may stand in a log. */
  path: string
  status: number
  caller: Caller | undefined
  durationMs: number
}

/** One line for a request; those of probes only where everything is wanted. */
export function logRequest(logger: Logger, answered: AnsweredRequest): void {
  const { requestId, method, path, status, caller, durationMs } = answered
  const fields = {
    requestId,
    method,
    path,
    status,
    ms: Math.round(durationMs),
    ...(caller?.organizationId ? { organizationId: caller.organizationId } : {}),
    ...(caller?.userId ? { userId: caller.userId } : {}),
  }
  if (path.startsWith('/health/') || path === '/metrics') logger.debug(fields, 'request')
  else logger.info(fields, 'request')
}
