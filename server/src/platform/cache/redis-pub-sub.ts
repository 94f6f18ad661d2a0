import type { Logger } from '../telemetry/logger.ts'
import { createListeners, type PubSub } from './pub-sub.ts'
import { answerWithin, type RedisConnection } from './redis-connection.ts'

/**
 * Channels between nodes.
 *
 * The listening connection is either subscribed to everything in `listeners` or on its way there: whenever it becomes
 * ready it subscribes anew, and a command on it that fails drops it, which leads to ready again. After a loss `onGap`
 * is called once all channels are back.
 * A node that could not publish remembers so, and tells all nodes by the control channel as soon as it can; they call
 * `onGap` too. A heartbeat finds a connection that is dead without having closed, and retries that announcement.
 */
export function createRedisPubSub(options: {
  connection: RedisConnection
  log: Logger
  heartbeatMs?: number
}): PubSub {
  const { connection, log, heartbeatMs = 1_000 } = options
  const { subscriber } = connection
  const listeners = createListeners(log)
  const subscribed = new Map<string, Promise<void>>()
  const channelPrefix = connection.key('channel', '')
  const gapChannel = connection.key('control', 'gap')
  let wasAway = false
  let lostMessages = false

  async function command(work: () => Promise<unknown>): Promise<boolean> {
    if (subscriber.status !== 'ready') return false
    try {
      await answerWithin(work(), 2_000)
      return true
    } catch {
      if (subscriber.status === 'ready') subscriber.disconnect(true)
      return false
    }
  }

  async function restore(): Promise<void> {
    const channels = listeners.channels()
    const names = channels.map((channel) => channelPrefix + channel)
    const restored = command(() => subscriber.subscribe(gapChannel, ...names))
    for (const channel of channels) subscribed.set(channel, settled(restored))
    if (!(await restored) || !wasAway) return
    wasAway = false
    listeners.deliverGap()
  }

  async function announceGap(): Promise<void> {
    lostMessages = false
    const told = await connection.run(
      (redis) => redis.publish(gapChannel, '').then(() => true),
      () => false,
    )
    if (!told) lostMessages = true
  }

  const onReady = () => void restore()
  const onClose = () => {
    wasAway = true
  }
  const onMessage = (channel: string, message: string) => {
    if (channel === gapChannel) listeners.deliverGap()
    else if (channel.startsWith(channelPrefix))
      listeners.deliver(channel.slice(channelPrefix.length), message)
  }
  subscriber.on('ready', onReady).on('close', onClose).on('message', onMessage)
  if (subscriber.status === 'ready') onReady()
  else onClose()

  let beating = false
  async function beat(): Promise<void> {
    if (beating) return
    beating = true
    await Promise.all([command(() => subscriber.ping()), lostMessages && announceGap()])
    beating = false
  }
  const heartbeat = setInterval(() => void beat(), heartbeatMs)
  heartbeat.unref()

  return {
    async publish(channel, message) {
      const sent = await connection.run(
        (redis) => redis.publish(channelPrefix + channel, message).then(() => true),
        () => false,
      )
      if (sent) return
      lostMessages = true
      listeners.deliver(channel, message)
    },
    async subscribe(channel, listener) {
      if (!listeners.has(channel)) {
        subscribed.set(channel, settled(command(() => subscriber.subscribe(channelPrefix + channel))))
      }
      const remove = listeners.add(channel, listener)
      await subscribed.get(channel)
      return async () => {
        remove()
        if (listeners.has(channel) || !subscribed.delete(channel)) return
        await command(() => subscriber.unsubscribe(channelPrefix + channel))
      }
    },
    onGap: listeners.addGap,
    async close() {
      clearInterval(heartbeat)
      subscriber.off('ready', onReady).off('close', onClose).off('message', onMessage)
      const channels = listeners.channels().map((channel) => channelPrefix + channel)
      listeners.clear()
      await command(() => subscriber.unsubscribe(gapChannel, ...channels))
    },
  }
}

async function settled(work: Promise<unknown>): Promise<void> {
  await work
}
