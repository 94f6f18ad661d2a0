export { type CallGuard, openCallGuard } from './call-guard.ts'
export { answerBlocked, blocked } from './errors.ts'
export { createGuardrails, type Guardrails } from './guardrails.ts'
export { messagesProtocol } from './rules/messages-protocol.ts'
