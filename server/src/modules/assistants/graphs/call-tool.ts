import type { Caller } from '../../../platform/context.ts'
import { AppError } from '../../../platform/errors.ts'
import { type HeldRun, performStep } from '../perform-step.ts'
import { findTool } from './tools/all-tools.ts'
import type { ToolResult } from './tools/tool.ts'

export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/**
 * Does one call of a tool, as whoever asked for the run and with what they may do at this moment. What is refused is told
 * to the model as the tool's result, and changes nothing.
 * @param approved whether a person approved exactly these arguments; a tool that writes does nothing without
 */
export function callTool(held: HeldRun, call: ToolCall, approved: boolean): Promise<ToolResult> {
  const step = {
    key: `tool-${call.id}`,
    kind: 'tool',
    name: call.name.slice(0, 80),
    input: call.arguments,
  } as const
  return performStep<ToolResult>(held, step, async (caller) => ({
    output: await run(held, caller, call, approved),
  }))
}

async function run(
  { assistants, run: { id }, definition, signal }: HeldRun,
  caller: Caller,
  call: ToolCall,
  approved: boolean,
): Promise<ToolResult> {
  const tool = findTool(definition.tools, call.name)
  if (!tool) return { text: `Refused: this assistant has no tool ${call.name}.` }
  if (tool.writes && !approved) return { text: 'Refused: nobody approved this.' }
  if (!caller.permissions.has(tool.permission))
    return {
      text: `Refused: this needs the permission ${tool.permission}, which whoever asked does not have.`,
    }
  const given = tool.arguments.safeParse(call.arguments)
  if (!given.success)
    return {
      text: `Refused: ${given.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
    }
  try {
    return await tool.run({ assistants, caller, definition, callId: `${id}:${call.id}`, signal }, given.data)
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError) || error.status >= 500) throw error
    return { text: `Refused: ${error.message}` }
  }
}
