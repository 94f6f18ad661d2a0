import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import type { RoleChoice } from './roles.ts'

/** Which role somebody gets, with what it allows in a line. */
export function RoleField({
  value,
  onChange,
  choices,
}: {
  value: string
  onChange: (value: string) => void
  choices: readonly RoleChoice[]
}) {
  return (
    <Field label="Role" hint={choices.find((choice) => choice.value === value)?.hint}>
      {(control) => (
        <Select
          id={control.id}
          value={value}
          onChange={onChange}
          options={choices}
          className="w-full [&>select]:h-9"
        />
      )}
    </Field>
  )
}
