export { createSignInPolicy } from './sign-in-policy.ts'
export { createSingleSignOn } from './single-sign-on.ts'
