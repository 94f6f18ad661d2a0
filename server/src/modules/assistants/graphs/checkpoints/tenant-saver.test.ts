import { specTest } from '@langchain/langgraph-checkpoint-validation'
import { systemCaller } from '../../../../platform/context.ts'
import { newId } from '../../../../platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../../../../testing/test-app.ts'
import { TenantSaver } from './tenant-saver.ts'

/** LangGraph's own suite. Each of its savers belongs to an organization of its own, and so sees nothing of the others. */
let on: TestApp

specTest({
  checkpointerName: 'checkpoints in the rows of a tenant',
  beforeAllTimeout: 60_000,
  async beforeAll() {
    on = await createTestApp()
  },
  afterAll: () => on.dispose(),
  async createCheckpointer() {
    const { organizationId } = await signUp(on)
    return new TenantSaver(on.platform, systemCaller(organizationId, newId()), null)
  },
})
