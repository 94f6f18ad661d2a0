import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages'
import { END, interrupt, START, StateGraph } from '@langchain/langgraph'
import { askForApprovals, readDecisions } from '../ask-for-approvals.ts'
import type { HeldRun } from '../perform-step.ts'
import { callTool, type ToolCall } from './call-tool.ts'
import { GatewayModel } from './gateway-model.ts'
import { groundRules, listPassages, mark, RunState } from './state.ts'
import { describeTools, findTool } from './tools/all-tools.ts'

/**
 * agent → approve → tools → agent … until the agent calls none. What a tool would change waits in `approve` for a person;
 * `tools` does what was approved, with the arguments that were, and tells the model of the rest that it was not.
 */
export function projectAssistantGraph(held: HeldRun) {
  const model = new GatewayModel(held)
  const { instructions, tools } = held.definition
  const isWrite = ({ name }: ToolCall) => findTool(tools, name)?.writes === true
  return new StateGraph(RunState)
    .addNode('agent', async ({ question, messages, round }) => {
      const start = messages.length === 0 ? [new HumanMessage(question)] : []
      const system = new SystemMessage([instructions, groundRules].filter(Boolean).join('\n\n'))
      const said = await model.invoke([system, ...messages, ...start], {
        step: { key: `agent-${round}`, name: 'agent' },
        tools: describeTools(tools),
      })
      return { messages: [...start, said], round: round + 1, answer: said.text }
    })
    .addNode('approve', async ({ messages }) => {
      const writes = callsOf(messages).filter(isWrite)
      if (writes.length === 0) return {}
      const isWaiting = await askForApprovals(held, writes)
      if (isWaiting) interrupt('a person decides')
      return {}
    })
    .addNode('tools', async ({ messages, passages }) => {
      let known = passages
      const results: ToolMessage[] = []
      const decisions = await readDecisions(held)
      for (const call of callsOf(messages)) {
        const decision = decisions.get(call.id)
        const asked = isWrite(call) && decision ? { ...call, arguments: decision.arguments } : call
        const done =
          isWrite(call) && decision?.state !== 'approved'
            ? { text: refusalOf(decision) }
            : await callTool(held, asked, decision?.state === 'approved')
        const { all, marked } = mark(known, done.passages ?? [])
        known = all
        const content = [done.text, listPassages(marked)].filter(Boolean).join('\n\n')
        results.push(new ToolMessage({ content, tool_call_id: call.id }))
      }
      return { messages: results, passages: known }
    })
    .addEdge(START, 'agent')
    .addConditionalEdges('agent', ({ messages }) => (callsOf(messages).length > 0 ? 'approve' : END), [
      'approve',
      END,
    ])
    .addEdge('approve', 'tools')
    .addEdge('tools', 'agent')
}

function callsOf(messages: readonly unknown[]): ToolCall[] {
  const last = messages.at(-1)
  if (!(last instanceof AIMessage)) return []
  return (last.tool_calls ?? []).map(({ id, name, args }) => ({ id: id ?? name, name, arguments: args }))
}

function refusalOf(decision: { state: string; note: string | null } | undefined): string {
  if (decision?.state === 'rejected')
    return `Refused: a person rejected this.${decision.note ? ` They say: ${decision.note}` : ''}`
  return decision?.state === 'expired' ? 'Refused: nobody decided in time.' : 'Refused: nobody approved this.'
}
