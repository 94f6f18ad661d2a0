import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { SearchHit } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { refreshGold } from './gold-queries.ts'

/** Keeps that a passage found should be found by the question: nothing need be typed. */
export function GoldQuestionDialog({
  hit,
  query,
  onClose,
}: {
  hit: SearchHit
  query: string
  onClose: () => void
}) {
  const [question, setQuestion] = useState(query)
  const add = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/collections/{id}/gold-questions', {
          params: { path: { id: hit.document.collectionId } },
          body: { question: question.trim(), expected: [{ passageId: hit.passage.id }] },
        }),
      ),
    onSuccess: async () => {
      await refreshGold()
      toast.success('Added to the gold questions')
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New gold question"
      description="Evaluations will ask this question, and look at which place the passage is found."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <Field label="Question">
          {(control) => (
            <Input
              {...control}
              value={question}
              required
              maxLength={2000}
              onChange={(event) => setQuestion(event.target.value)}
            />
          )}
        </Field>
        <div>
          <p className="text-sm font-medium">Should find, in {hit.passage.documentName}</p>
          <blockquote className="mt-1.5 line-clamp-5 border-l-2 border-accent pl-3 text-sm whitespace-pre-line text-ink-2">
            {hit.passage.text.trim()}
          </blockquote>
        </div>
        <FormError error={add.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending} disabled={question.trim() === ''}>
            Add
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
