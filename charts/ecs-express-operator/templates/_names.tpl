{{- define "ecs-express-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* Leaves room for the longest suffix, such as -metrics. */ -}}
{{- define "ecs-express-operator.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else -}}
{{- $name := include "ecs-express-operator.name" . -}}
{{- contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) | trunc 52 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{- define "ecs-express-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "ecs-express-operator.fullname" .) .Values.serviceAccount.name }}
{{- else -}}
{{- required "serviceAccount.name is unset: with serviceAccount.create=false, set it to the name of the ServiceAccount that the operator uses" .Values.serviceAccount.name }}
{{- end -}}
{{- end }}

{{- define "ecs-express-operator.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end -}}
{{- end }}

{{- /* lookInterval is the former name of resyncInterval. Values of earlier releases may still set it. */ -}}
{{- define "ecs-express-operator.resyncInterval" -}}
{{- default .Values.resyncInterval .Values.lookInterval }}
{{- end }}

{{- define "ecs-express-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ecs-express-operator.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "ecs-express-operator.labels" -}}
{{- $own := include "ecs-express-operator.selectorLabels" . | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/version" .Chart.AppVersion -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name (replace "+" "_" .Chart.Version)) -}}
{{- merge $own .Values.commonLabels | toYaml }}
{{- end }}
