{{/* What the server's pods and the migration's pod have in common. */}}
{{- define "countersign.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "countersign.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Secrets come as files, so that no list of a pod's variables shows them. */}}
{{- define "countersign.databaseEnv" -}}
{{- if eq .Values.store "postgresql" -}}
- name: DATABASE_URL_FILE
  value: /run/secrets/countersign/database-url
{{- else -}}
- name: COUNTERSIGN_DATA
  value: /var/lib/countersign
{{- end -}}
{{- end -}}

{{- define "countersign.secretVolume" -}}
- name: secret
  secret:
    secretName: {{ include "countersign.secretName" . }}
    defaultMode: 0440
- name: tmp
  emptyDir:
    medium: Memory
    sizeLimit: 64Mi
{{- end -}}

{{- define "countersign.secretMount" -}}
- name: secret
  mountPath: /run/secrets/countersign
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- end -}}
