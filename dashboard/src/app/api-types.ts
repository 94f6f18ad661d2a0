import type { components } from '@freehold/sdk'

// The names the dashboard uses for the shapes of the API, all of them from its OpenAPI document.

type Schemas = components['schemas']

// The document marks the membership itself as nullable, because one of its uses is.
export type OrganizationSummary = NonNullable<Schemas['OrganizationMembership']>
export type Session = Omit<Schemas['Session'], 'organization' | 'organizations'> & {
  organization: OrganizationSummary | null
  organizations: OrganizationSummary[]
}
export type Role = OrganizationSummary['role']
export type Member = Schemas['Member']
export type OrganizationSettings = Schemas['OrganizationSettings']
export type DeletedOrganization = Schemas['Organization']
export type Invitation = Schemas['Invitation']
export type SentInvitation = Schemas['SentInvitation']
export type InvitationView = Schemas['InvitationView']
export type CustomRole = Schemas['CustomRole']
export type Permission = Schemas['Permission']
export type SignInDomain = Schemas['SignInDomain']
export type SignInConnection = NonNullable<Schemas['SignInConnection']>
export type SignInConnectionTestResult = Schemas['SignInConnectionTestResult']
export type ProvisionedGroup = Schemas['ProvisionedGroup']
export type ServiceAccount = Schemas['ServiceAccount']
export type Passkey = Schemas['Passkey']
export type PersonSession = Schemas['PersonSession']
export type AccountEvent = Schemas['AccountEvent']
export type Device = Schemas['Device']
export type ApiKey = Schemas['ApiKey']
export type CreatedApiKey = Schemas['CreatedApiKey']
export type NewApiKey = Schemas['NewApiKey']
export type OutboxMail = Schemas['OutboxMail']
export type ActivityEntry = Schemas['ActivityEntry']
export type Model = Schemas['ModelDetailList']['data'][number]
export type ModelHealth = Schemas['ModelHealthList']['data'][number]
export type ModelAlias = Schemas['ModelAlias']
export type ProviderKey = Schemas['ProviderKey']
export type Prompt = Schemas['Prompt']
export type PromptLabel = Schemas['PromptLabel']
export type PromptVersion = Schemas['PromptVersion']
export type PromptVersionSummary = Schemas['PromptVersionSummary']
export type PromptLabelMove = Schemas['PromptLabelMoveRecord']
export type PromptFigure = Schemas['PromptFigures']['data'][number]
export type PromptMessage = PromptVersion['messages'][number]
export type PromptVariable = PromptVersion['variables'][number]
export type PromptParameters = PromptVersion['parameters']
export type NewPromptVersion = Schemas['NewPromptVersion']
export type UsageDay = Schemas['Usage']['data'][number]
export type UsageTotals = Schemas['Usage']['totals']
export type ListedCall = Schemas['ListedCall']
export type UsageExplanation = Schemas['UsageExplanation']
export type UsageSummary = Schemas['UsageSummary']
export type Budget = Schemas['Budget']
export type NewBudget = Schemas['NewBudget']
export type BudgetWindow = Budget['window']
export type Collection = Schemas['Collection']
/** Not `Document`, which is the browser's. */
export type KnowledgeDocument = Schemas['Document']
export type DocumentStatus = KnowledgeDocument['status']
export type Passage = Schemas['Passage']
export type SearchHit = Schemas['SearchResults']['data'][number]
export type Citation = Schemas['Citation']
export type Receipt = NonNullable<Schemas['Receipt']>
export type Message = Schemas['Message']
export type Conversation = Schemas['Conversation']
