{{/* Names, labels, and what all pods and containers have in common. */}}
{{- define "guichet.name" -}}
{{- if contains "guichet" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-guichet" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "guichet.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "guichet.selector" -}}
app.kubernetes.io/name: guichet
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "guichet.labels" -}}
{{ include "guichet.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* No account of the cluster, no root. One group for all: the shared volume has one. */}}
{{- define "guichet.pod" -}}
serviceAccountName: {{ include "guichet.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  fsGroup: 10010
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "guichet.closed" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: {{ .user }}
runAsGroup: {{ .group | default .user }}
capabilities: {drop: [ALL]}
{{- end }}

{{/* Of a container of ours: image, user, settings; `database` names the key of its address. */}}
{{- define "guichet.container" -}}
image: {{ include "guichet.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext: {{- include "guichet.closed" . | nindent 2 }}
envFrom:
  - configMapRef: {name: {{ include "guichet.name" .root }}}
env:
  - {name: GUICHET_SECRET_FILE, value: {{ .secret | default "/tmp/django" }}}
  {{- with .database }}
  - {name: GUICHET_DATABASE_URL_FILE, value: /run/secrets/guichet/database/{{ . }}}
  {{- end }}
  {{- range $name, $value := .more }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
{{- end }}

{{- define "guichet.ofSharedVolume" -}}
- {name: shared, mountPath: /var/lib/guichet/{{ .folder }}, subPath: {{ .folder }}{{ if .readOnly }}, readOnly: true{{ end }}}
{{- end }}

{{/* One address of the database for one process. */}}
{{- define "guichet.databaseSecret" -}}
- name: database-{{ .unit }}
  secret:
    secretName: {{ .root.Values.secrets.databases }}
    defaultMode: 0440
    items: [{key: {{ .unit }}, path: {{ .unit }}}]
{{- end }}

{{- define "guichet.ofDatabase" -}}
- {name: database-{{ . }}, mountPath: /run/secrets/guichet/database, readOnly: true}
{{- end }}

{{- define "guichet.claim" -}}
accessModes: [{{ .mode }}]
{{- with .volume.className }}
storageClassName: {{ . }}
{{- end }}
resources: {requests: {storage: {{ .volume.size }}}}
{{- end }}

{{/* A process that listens nowhere shows its sign of life. */}}
{{- define "guichet.signOfLife" -}}
livenessProbe:
  exec: {command: [sh, -c, "find /var/lib/guichet/run/{{ . }}.heartbeat -mmin -2 | grep -q ."]}
  initialDelaySeconds: 60
  periodSeconds: 30
  failureThreshold: 4
{{- end }}
