export { askForApprovals } from './ask-for-approvals.ts'
