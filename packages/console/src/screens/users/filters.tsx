import { text } from '../../text/en.ts'
import { Select } from '../../ui/fields.tsx'

const yesNo = (yes: string, no: string) => [
  { value: '', label: text.any },
  { value: 'true', label: yes },
  { value: 'false', label: no },
]

const filters = [
  { name: 'active', label: text.users.state, options: yesNo(text.users.active, text.users.disabled) },
  {
    name: 'verified',
    label: text.users.email,
    options: yesNo(text.users.isVerified, text.users.isUnverified),
  },
  { name: 'staff', label: text.users.staff, options: yesNo(text.yes, text.no) },
  {
    name: 'role',
    label: text.users.role,
    options: [
      { value: '', label: text.all },
      { value: 'any', label: text.users.anyRole },
      { value: 'none', label: text.users.noRole },
      ...(['owner', 'admin', 'support', 'auditor'] as const).map((role) => ({
        value: role,
        label: text.roles[role],
      })),
    ],
  },
] as const

type FilterName = (typeof filters)[number]['name']

interface FiltersProps {
  values: Readonly<Record<FilterName, string>>
  onChange: (changes: Partial<Record<FilterName, string>>) => void
}

/** What users are, one choice beside the other. */
export function Filters({ values, onChange }: FiltersProps) {
  return filters.map(({ name, label, options }) => (
    <Select
      key={name}
      label={label}
      value={values[name]}
      options={options}
      onChange={(value) => onChange({ [name]: value })}
    />
  ))
}
