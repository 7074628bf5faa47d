//! Clusters as people write them by hand, as many and as large as wanted, to measure judging with: no topology stands
//! behind them.

use std::fmt::Write as _;

/// So many objects a cluster has, before any application.
pub const FIXED: usize = 4;
/// So many objects an application is.
pub const OF_AN_APPLICATION: usize = 8;

/// Paths and texts: for each cluster a ClusterConfig of eksctl, and a file of all its objects.
pub fn manifests(clusters: usize, applications: usize) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for number in 0..clusters {
        let cluster = format!("cluster-{number:04}");
        files.push((format!("eksctl/{cluster}.yaml"), HEAD.replace("CLUSTER", &cluster)));
        let mut text = NAMESPACE.to_owned();
        for number in 0..applications {
            // Writing to a String can't fail.
            let _ = write!(text, "{}", APPLICATION.replace("APP", &format!("app-{number:04}")));
        }
        files.push((format!("kubernetes/{cluster}.yaml"), text));
    }
    files
}

const HEAD: &str = "\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: { name: CLUSTER, region: us-east-1, version: \"1.36\" }
iam: { withOIDC: true }
vpc: { clusterEndpoints: { privateAccess: true, publicAccess: false } }
addons:
  - { name: vpc-cni, configurationValues: '{\"enableNetworkPolicy\": \"true\"}' }
managedNodeGroups:
  - { name: apps, instanceType: m7g.2xlarge, minSize: 2, maxSize: 100, volumeEncrypted: true, privateNetworking: true }
  - { name: other, instanceType: m7g.large, minSize: 2, maxSize: 4, volumeEncrypted: true, privateNetworking: true }
";

const NAMESPACE: &str = "\
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/enforce-version: v1.36
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default-deny, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: dns, namespace: shop }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }]
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
---
apiVersion: v1
kind: ResourceQuota
metadata: { name: quota, namespace: shop }
spec: { hard: { pods: \"50000\" } }
";

const APPLICATION: &str = "\
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: APP, namespace: shop, labels: { app.kubernetes.io/name: APP } }
automountServiceAccountToken: false
---
apiVersion: v1
kind: ConfigMap
metadata: { name: APP-settings, namespace: shop, labels: { app.kubernetes.io/name: APP } }
data: { LOG_LEVEL: info, LISTEN: \"0.0.0.0:8080\" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: APP, namespace: shop, labels: { app.kubernetes.io/name: APP, tier: backend } }
spec:
  selector: { matchLabels: { app.kubernetes.io/name: APP } }
  strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }
  template:
    metadata: { labels: { app.kubernetes.io/name: APP, tier: backend } }
    spec:
      serviceAccountName: APP
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: RuntimeDefault } }
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: { matchLabels: { app.kubernetes.io/name: APP } }
      containers:
        - name: APP
          image: registry.synthetic.example/APP:1.2.3@sha256:8f14e45fceea167a5a36dedd4bea2543d7c0f0c9d1e8b6a1f0c2e4d6a8b0c2e4
          envFrom: [{ configMapRef: { name: APP-settings } }]
          ports: [{ name: http, containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /ready, port: http } }
          livenessProbe: { httpGet: { path: /live, port: http } }
          resources: { requests: { cpu: 250m, memory: 256Mi }, limits: { memory: 256Mi } }
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          volumeMounts: [{ name: tmp, mountPath: /tmp }]
      volumes: [{ name: tmp, emptyDir: { sizeLimit: 64Mi } }]
---
apiVersion: v1
kind: Service
metadata: { name: APP, namespace: shop, labels: { app.kubernetes.io/name: APP } }
spec:
  selector: { app.kubernetes.io/name: APP, tier: backend }
  ports: [{ name: http, port: 80, targetPort: http }]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: APP, namespace: shop, labels: { app.kubernetes.io/name: APP } }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: APP }
  minReplicas: 2
  maxReplicas: 6
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: APP, namespace: shop, labels: { app.kubernetes.io/name: APP } }
spec: { maxUnavailable: 1, selector: { matchLabels: { app.kubernetes.io/name: APP } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: APP, namespace: shop, labels: { app.kubernetes.io/name: APP } }
spec:
  podSelector: { matchLabels: { app.kubernetes.io/name: APP } }
  policyTypes: [Ingress]
  ingress: [{ from: [{ podSelector: { matchLabels: { tier: backend } } }], ports: [{ port: 8080 }] }]
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: APP-clean, namespace: shop, labels: { app.kubernetes.io/name: APP } }
spec:
  schedule: \"17 3 * * *\"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 2
      template:
        metadata: { labels: { app.kubernetes.io/name: APP-clean } }
        spec:
          serviceAccountName: APP
          automountServiceAccountToken: false
          restartPolicy: Never
          securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: RuntimeDefault } }
          containers:
            - name: clean
              image: registry.synthetic.example/APP:1.2.3@sha256:8f14e45fceea167a5a36dedd4bea2543d7c0f0c9d1e8b6a1f0c2e4d6a8b0c2e4
              resources: { requests: { cpu: 100m, memory: 128Mi }, limits: { memory: 128Mi } }
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: { drop: [ALL] }
";
