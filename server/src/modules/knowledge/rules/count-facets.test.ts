import { expect, test } from 'vitest'
import { countFacets } from './count-facets.ts'

const pdf = { mediaType: 'application/pdf', collectionId: 'c1' }

test('passages are counted by what their documents belong to, the most first; nobody is no author', () => {
  const facets = countFacets([
    { ...pdf, documentId: 'd1', documentName: 'One', createdBy: 'ada', passages: 2 },
    { ...pdf, documentId: 'd2', documentName: 'Two', createdBy: null, passages: 3 },
    {
      documentId: 'd3',
      documentName: 'Three',
      mediaType: 'text/plain',
      collectionId: 'c2',
      createdBy: 'ada',
      passages: 1,
    },
  ])
  expect(facets).toEqual({
    collections: [
      { id: 'c1', count: 5 },
      { id: 'c2', count: 1 },
    ],
    documents: [
      { id: 'd2', name: 'Two', count: 3 },
      { id: 'd1', name: 'One', count: 2 },
      { id: 'd3', name: 'Three', count: 1 },
    ],
    mediaTypes: [
      { mediaType: 'application/pdf', count: 5 },
      { mediaType: 'text/plain', count: 1 },
    ],
    authors: [{ id: 'ada', count: 3 }],
  })
})
