import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { EvaluationWithQuestions, GoldQuestion } from '../../app/api-types.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { refreshGold } from './gold-queries.ts'

type Result = EvaluationWithQuestions['questions'][number]

const modes = [
  { key: 'hybrid', name: 'both' },
  { key: 'text', name: 'words' },
  { key: 'vector', name: 'meaning' },
] as const

/** Every question with where the last evaluation found what it should. */
export function GoldQuestionList({
  questions,
  results,
}: {
  questions: readonly GoldQuestion[]
  results: readonly Result[]
}) {
  const byQuestion = new Map(results.map((one) => [one.questionId, one]))
  return (
    <ul aria-label="Gold questions" className="mt-2 border-t">
      {questions.map((question) => (
        <Question key={question.id} question={question} result={byQuestion.get(question.id)} />
      ))}
    </ul>
  )
}

function Question({ question, result }: { question: GoldQuestion; result: Result | undefined }) {
  const canWrite = useCan('write:documents')
  const remove = useMutation({
    mutationFn: () =>
      take(api.DELETE('/api/v1/gold-questions/{id}', { params: { path: { id: question.id } } })),
    onSuccess: refreshGold,
    onError: () => toast.error('The question could not be deleted. Try again.'),
  })
  return (
    <li className="flex items-start gap-3 border-b py-3" data-row>
      <details className="group min-w-0 flex-1">
        <summary className="cursor-pointer rounded-sm">
          <span className="font-medium break-words">{question.question}</span>
          <span className="mt-1 block text-sm text-ink-3">{outcomeOf(question, result)}</span>
        </summary>
        <ul className="mt-3 space-y-3">
          {question.expected.map((one) => (
            <li key={one.id} className="border-l-2 border-accent pl-3 text-sm">
              <Link
                to="/knowledge/$documentId"
                params={{ documentId: one.documentId }}
                className="rounded-sm font-medium underline-offset-2 hover:underline"
              >
                {one.documentName}
              </Link>
              <p className="mt-0.5 line-clamp-4 whitespace-pre-line text-ink-2">{one.quote}</p>
              <p className="mt-1 text-xs text-ink-3">{placesOf(one.id, result)}</p>
            </li>
          ))}
        </ul>
      </details>
      {canWrite ? (
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`Delete “${question.question}”`}
          busy={remove.isPending}
          onClick={() => remove.mutate()}
        >
          <Trash2 />
        </Button>
      ) : null}
    </li>
  )
}

/** Hit or miss, by each way of searching. */
function outcomeOf(question: GoldQuestion, result: Result | undefined): string {
  if (question.expected.length === 0)
    return 'Expects no passage, or its documents were deleted: it is not asked'
  if (!result) return 'Not evaluated yet'
  return modes
    .map(({ key, name }) => {
      const { recall } = result[key]
      return `${name}: ${recall === 1 ? 'hit' : recall === 0 ? 'miss' : 'in part'}`
    })
    .join(' · ')
}

function placesOf(expectedId: string, result: Result | undefined): string {
  const at = result?.expected.findIndex((one) => one?.id === expectedId) ?? -1
  if (!result || at === -1) return 'Not evaluated yet'
  return modes
    .map(({ key, name }) => {
      const place = result[key].places[at] ?? null
      return `${name}: ${place === null ? 'not found' : `No. ${place}`}`
    })
    .join(' · ')
}
