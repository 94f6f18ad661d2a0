import type { FreeholdModule } from '../../platform/module.ts'
import type { Knowledge } from '../knowledge/index.ts'
import { recoverAnswers } from './actions/recover-answers.ts'
import { createAnswers } from './answers.ts'
import { messageRoutes } from './message-routes.ts'
import { conversationData } from './personal-data.ts'
import { conversationRoutes } from './routes.ts'
import { shareRoutes } from './share-routes.ts'

export function conversationsModule(knowledge: Knowledge): FreeholdModule {
  const answers = createAnswers(knowledge)
  return {
    name: 'conversations',
    routes: [...messageRoutes(answers), ...conversationRoutes(answers), ...shareRoutes(answers)],
    personalData: conversationData(answers.platform),
    recover: (aliveNodeIds) => recoverAnswers(answers.platform, aliveNodeIds),
    beginStop: () => answers.close(),
  }
}
