export { type UsedPrompt, usePrompt } from './actions/use-prompt.ts'
export { promptCall } from './contract.ts'
export {
  promptArchived,
  promptLabelNotFound,
  promptNotFound,
  promptTooLong,
  promptVariablesMissing,
  promptVersionNotFound,
} from './errors.ts'
export { createPrompts, type Prompts } from './prompts.ts'
