import { PageHeader, PageTab } from '../../ui/page.tsx'

export function InstallationHeader({ description }: { description: string }) {
  return (
    <PageHeader
      title="Installation"
      description={description}
      tabs={
        <>
          <PageTab to="/installation/outbox">Outbox</PageTab>
          <PageTab to="/installation/provider-costs">Provider costs</PageTab>
        </>
      }
    />
  )
}
