{{/* A process that listens and is no worker. Takes a dict: root, values, component, command, variables. */}}
{{- define "robots.process" -}}
{{- $name := printf "%s-%s" (include "robots.name" .root) .component }}
{{- $labels := list .root .component }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels: {{- include "robots.labels" $labels | nindent 4 }}
spec:
  replicas: {{ .values.replicas }}
  selector:
    matchLabels: {{- include "robots.selector" $labels | nindent 6 }}
  strategy:
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  template:
    metadata:
      labels: {{- include "robots.labels" $labels | nindent 8 }}
    spec:
      serviceAccountName: {{ include "robots.serviceAccount" .root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ .values.terminationGracePeriodSeconds }}
      securityContext: {{- include "robots.pod-security" .root | nindent 8 }}
      {{- with .root.Values.imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .component }}
          image: {{ include "robots.image" .root | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          command: [tini, --, node, dist/cli/main.js, {{ .command }}]
          securityContext: {{- include "robots.container-security" .root | nindent 12 }}
          env: {{- include "robots.variables" (mergeOverwrite .variables .values.config) | nindent 12 }}
          envFrom:
            - secretRef:
                name: {{ .values.secret }}
          ports:
            - name: http
              containerPort: {{ .values.port }}
          livenessProbe:
            httpGet: { path: /health, port: http }
            periodSeconds: 20
            timeoutSeconds: 5
          readinessProbe:
            httpGet: { path: /health, port: http }
            periodSeconds: 10
            timeoutSeconds: 5
          resources: {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: 16Mi
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  labels: {{- include "robots.labels" $labels | nindent 4 }}
spec:
  selector: {{- include "robots.selector" $labels | nindent 4 }}
  ports:
    - name: http
      port: 80
      targetPort: http
{{- end }}
