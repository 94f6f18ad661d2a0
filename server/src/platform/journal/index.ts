export { type Journal, type JournalEntry, openJournal } from './journal.ts'
export { type LeftJournal, leftJournals } from './left-journals.ts'
