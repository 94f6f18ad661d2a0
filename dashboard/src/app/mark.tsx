/** The sign of the house: a plot of land, surveyed and divided. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <path
        d="M7 9.5 24.5 7v18L7 22.5z M16.2 8.2v15.6 M16.2 15.6 24.5 15"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="2"
        strokeLinejoin="round"
      />
    </svg>
  )
}
