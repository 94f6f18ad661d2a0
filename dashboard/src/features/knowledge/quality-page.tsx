import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { FlaskConical, Target } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { api, take } from '../../app/api.ts'
import type { Evaluation } from '../../app/api-types.ts'
import { formatPercent, plural } from '../../app/format.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Figure, Figures } from '../../ui/figures.tsx'
import { LoadMore } from '../../ui/load-more.tsx'
import { Page, SectionHeader, useTitle } from '../../ui/page.tsx'
import { ScrollRegion } from '../../ui/scroll-region.tsx'
import { Select } from '../../ui/select.tsx'
import { Skeleton, SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { FormError } from '../auth/form-error.tsx'
import { evaluationQuery, evaluationsQuery, goldQuestionsQuery, refreshGold } from './gold-queries.ts'
import { GoldQuestionList } from './gold-question-list.tsx'
import { KnowledgeHeader } from './knowledge-header.tsx'
import { collectionsQuery } from './queries.ts'

const QualityChart = lazy(() => import('./quality-chart.tsx'))
const route = getRouteApi('/app/knowledge/quality')

/** What a collection should answer, and how well searches find it. */
export function QualityPage() {
  useTitle('Search quality')
  const navigate = route.useNavigate()
  const { data: collections = [] } = useQuery(collectionsQuery)
  const { collection = collections[0]?.id ?? '' } = route.useSearch()
  const questions = useInfiniteQuery(goldQuestionsQuery(collection))
  const evaluations = useQuery(evaluationsQuery(collection))
  const latest = evaluations.data?.[0]
  const detail = useQuery(evaluationQuery(latest?.id ?? ''))
  const canWrite = useCan('write:documents')
  const evaluate = useMutation({
    mutationFn: () =>
      take(api.POST('/api/v1/collections/{id}/evaluations', { params: { path: { id: collection } } })),
    onSuccess: refreshGold,
  })
  const failed = questions.error ?? evaluations.error
  return (
    <Page>
      <KnowledgeHeader collectionId={collection || undefined} />
      <div className="flex flex-wrap items-center justify-between gap-2 pt-5">
        <Select
          label="Collection"
          value={collection}
          options={collections.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(id) => void navigate({ search: { collection: id }, replace: true })}
          className="max-w-64"
        />
        {canWrite && (questions.data?.length ?? 0) > 0 ? (
          <Button busy={evaluate.isPending} onClick={() => evaluate.mutate()}>
            <FlaskConical /> Evaluate
          </Button>
        ) : null}
      </div>
      <div className="pt-2">
        <FormError error={evaluate.error} />
      </div>
      {failed ? (
        <ErrorState
          error={failed}
          title="The gold questions could not be loaded"
          onRetry={() => {
            void questions.refetch()
            void evaluations.refetch()
          }}
          className="mt-6"
        />
      ) : !questions.data || !evaluations.data ? (
        <div role="status" aria-label="Loading the gold questions">
          <Skeleton className="mt-6 h-20 w-full" />
          <SkeletonRows className="mt-6" />
        </div>
      ) : questions.data.length === 0 ? (
        <EmptyState icon={<Target />} title="No gold question yet">
          A gold question says which passage should answer it.{' '}
          <Link to="/knowledge/search" className="underline">
            Search
          </Link>{' '}
          for something, and press the target beside the passage that is right. With some of them you see
          whether a change makes searches better or worse.
        </EmptyState>
      ) : (
        <>
          {latest ? <Latest evaluation={latest} /> : null}
          {evaluations.data.length > 1 ? <History evaluations={evaluations.data} /> : null}
          <section aria-labelledby="gold-questions" className="mt-8">
            <SectionHeader id="gold-questions" title="Gold questions">
              <span className="text-sm text-ink-3">{plural(questions.data.length, 'question')}</span>
            </SectionHeader>
            <GoldQuestionList questions={questions.data} results={detail.data?.questions ?? []} />
            {questions.hasNextPage ? (
              <LoadMore
                busy={questions.isFetchingNextPage}
                onVisible={() => void questions.fetchNextPage()}
              />
            ) : null}
          </section>
        </>
      )}
    </Page>
  )
}

function Latest({ evaluation }: { evaluation: Evaluation }) {
  const { hybrid, text, vector, k, index } = evaluation
  const beside = (of: (one: typeof hybrid) => number) =>
    `words ${formatPercent(of(text))}, meaning ${formatPercent(of(vector))}`
  return (
    <section aria-label="The last evaluation">
      <Figures>
        <Figure label={`Found among the first ${k}`} note={beside((one) => one.recall)}>
          {formatPercent(hybrid.recall)}
        </Figure>
        <Figure label="nDCG of the first 10" note={beside((one) => one.ndcg)}>
          {formatPercent(hybrid.ndcg)}
        </Figure>
        <Figure label="Mean reciprocal rank" note={beside((one) => one.reciprocalRank)}>
          {formatPercent(hybrid.reciprocalRank)}
        </Figure>
      </Figures>
      <p className="mt-2 text-sm text-ink-3">
        {plural(evaluation.questionCount, 'question')} in {plural(index.passageCount, 'passage')} of{' '}
        {plural(index.documentCount, 'document')}, <Time value={evaluation.createdAt} />
      </p>
    </section>
  )
}

function History({ evaluations }: { evaluations: readonly Evaluation[] }) {
  return (
    <section aria-labelledby="evaluations" className="mt-8">
      <SectionHeader id="evaluations" title="Evaluations" />
      <div className="mt-3 h-56">
        <Suspense fallback={<Skeleton className="h-full w-full" />}>
          <QualityChart evaluations={evaluations} />
        </Suspense>
      </div>
      <ScrollRegion label="All evaluations" className="mt-4">
        <table className="w-full text-sm whitespace-nowrap">
          <thead className="text-left text-xs text-ink-3">
            <tr className="border-b [&>th]:py-2 [&>th]:pr-6 [&>th]:font-normal">
              <th scope="col">When</th>
              <th scope="col">Embedding space</th>
              <th scope="col">Passages</th>
              <th scope="col">Questions</th>
              <th scope="col">nDCG, both</th>
              <th scope="col">By words</th>
              <th scope="col">By meaning</th>
            </tr>
          </thead>
          <tbody>
            {evaluations.map((one) => (
              <tr key={one.id} className="border-b [&>td]:py-2 [&>td]:pr-6">
                <td>
                  <Time value={one.createdAt} />
                </td>
                <td className="text-ink-2">{one.index.embeddingSpace}</td>
                <td className="tabular-nums">{one.index.passageCount}</td>
                <td className="tabular-nums">{one.questionCount}</td>
                <td className="font-medium tabular-nums">{formatPercent(one.hybrid.ndcg)}</td>
                <td className="tabular-nums">{formatPercent(one.text.ndcg)}</td>
                <td className="tabular-nums">{formatPercent(one.vector.ndcg)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  )
}
