/// Contracts that layers are held to, for tests of your own layers. Needs no test framework: what is broken is
/// thrown as an [AssertionError].
module dev.stiefel.testkit {
    requires transitive dev.stiefel.core;
    requires static transitive org.jspecify;

    exports dev.stiefel.testkit;
}
