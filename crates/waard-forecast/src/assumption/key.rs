//! The names of assumptions that this crate reads.

/// The name of an assumption. There is a constant for each that is read, and a test that each stands in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(&'static str);

impl Key {
    /// The name, as in the table.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

macro_rules! keys {
    ($($name:ident = $text:literal;)*) => {
        $(#[doc = concat!("`", $text, "`")] pub const $name: Key = Key($text);)*
        /// Every one of them.
        pub const ALL: &[Key] = &[$($name),*];
    };
}

keys! {
    APPLICATION_START = "application.start";
    BACKUP_COPY = "backup.copy";
    BACKUP_LOG_UPLOAD = "backup.log-upload";
    BUCKET_AGE = "bucket.age";
    BUCKET_GROWTH = "bucket.growth";
    BUCKET_REPLICATION = "bucket.replication";
    CACHE_FAILOVER = "cache.failover";
    CACHE_LAG = "cache.lag";
    CDN_HIT_RATIO = "cdn.hit-ratio";
    CHANGE_FAILURE_RATE = "change.failure-rate";
    DATABASE_CHANGE = "database.change";
    DATABASE_FAILOVER = "database.failover";
    DATABASE_LAG = "database.lag";
    DEMAND_RISE = "demand.rise";
    DEPLOY_BAKE = "deploy.bake";
    DEPLOY_CI = "deploy.ci";
    DEPLOY_DETECTION = "deploy.detection";
    DEPLOY_WINDOW = "deploy.window";
    FAILURE_DATABASE = "failure.database";
    FAILURE_NODE = "failure.node";
    FAILURE_POD = "failure.pod";
    HPA_CPU_INITIALIZATION = "hpa.cpu-initialization-period";
    HPA_DOWNSCALE_STABILIZATION = "hpa.downscale-stabilization";
    HPA_INITIAL_READINESS_DELAY = "hpa.initial-readiness-delay";
    HPA_SYNC_PERIOD = "hpa.sync-period";
    HPA_TOLERANCE = "hpa.tolerance";
    IMAGE_PULL_RATE = "image.pull-rate";
    IMAGE_SIZE = "image.size";
    INIT_DURATION = "init.duration";
    KAFKA_ELECTION = "kafka.election";
    KARPENTER_BATCH_IDLE = "karpenter.batch-idle";
    KARPENTER_BATCH_MAX = "karpenter.batch-max";
    KARPENTER_DISRUPTION_POLL = "karpenter.disruption-poll";
    KARPENTER_LAUNCH = "karpenter.launch";
    KUBELET_RESTART_BACKOFF = "kubelet.restart-backoff";
    LOAD_BALANCER_FIRST_CHECKS = "load-balancer.first-checks";
    LOAD_BALANCER_REGISTRATION = "load-balancer.registration";
    LOGS_OF_A_NODE = "logs.node";
    LOGS_OF_A_REGION = "logs.region";
    METRICS_RESOLUTION = "metrics-server.resolution";
    MIRROR_LAG = "mirror.lag";
    MONTH_HOURS = "month.hours";
    NAT_OF_A_NODE = "nat.node";
    NODE_EVICTION = "node.eviction";
    NODE_GRACE = "node.grace";
    NODE_GROUP_LAUNCH = "node-group.launch";
    OUTAGE_REGION = "outage.region";
    OUTAGE_REGION_LENGTH = "outage.region-length";
    OUTAGE_ZONE = "outage.zone";
    POD_START_OVERHEAD = "pod.start-overhead";
    PROMISE_USED = "promise.used";
    RECOVERY_ALERT = "recovery.alert";
    RECOVERY_CACHE_PROMOTION = "recovery.cache-promotion";
    RECOVERY_CACHE_RESTORE = "recovery.cache-restore";
    RECOVERY_DATABASE_PROMOTION = "recovery.database-promotion";
    RECOVERY_DATABASE_RESTORE = "recovery.database-restore";
    RECOVERY_DECISION = "recovery.decision";
    RECOVERY_PODS_ON_NEW_NODES = "recovery.pods-on-new-nodes";
    RECOVERY_SYNC = "recovery.sync";
    RECOVERY_VERIFICATION = "recovery.verification";
    REQUEST_MEAN_TO_PEAK = "request.mean-to-peak";
    REQUEST_RESPONSE_SIZE = "request.response-size";
    RESTORE_BUCKET = "restore.bucket";
    SCHEDULER_PREEMPTION = "scheduler.preemption";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_stands_in_the_table() {
        let assumptions = crate::Assumptions::of_catalog();
        for key in ALL {
            assert!(assumptions.get(key.name()).is_some(), "{}", key.name());
        }
    }
}
