import { CircleHelp, Laptop, type LucideIcon, Smartphone, Tablet, Terminal } from 'lucide-react'
import type { Device } from '../../app/api-types.ts'

const icons: Record<Device['kind'], LucideIcon> = {
  desktop: Laptop,
  mobile: Smartphone,
  tablet: Tablet,
  program: Terminal,
  unknown: CircleHelp,
}

/** “Chrome 140 on Linux”, as far as it is known. */
export function deviceName({ browser, os }: Device): string {
  if (browser && os) return `${browser} on ${os}`
  return browser ?? os ?? 'Unknown device'
}

export function DeviceIcon({ device }: { device: Device }) {
  const Icon = icons[device.kind]
  return <Icon className="size-4 shrink-0 text-ink-3" aria-hidden />
}
