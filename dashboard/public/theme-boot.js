// Runs before the first paint so that a dark page never flashes light. A file of its own because the content
// security policy allows no inline script. Kept in step with src/app/theme.ts.
;(() => {
  let choice = 'system'
  try {
    choice = localStorage.getItem('freehold.theme') ?? 'system'
  } catch {
    // Storage may be refused; the system's choice is a good one.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', dark ? '#151411' : '#faf8f3')
})()
