/// Experiments: their options and presets, runs as folders, exact resume.
module dev.stiefel.lab {
    requires java.management;
    requires transitive dev.stiefel.core;
    requires transitive dev.stiefel.data;
    requires static transitive org.jspecify;
    requires com.github.weisj.jsvg;
    requires java.desktop;
    requires transitive tools.jackson.databind;
    requires tools.jackson.dataformat.yaml;

    exports dev.stiefel.lab.analysis;
    exports dev.stiefel.lab.bench;
    exports dev.stiefel.lab.figure;
    exports dev.stiefel.lab.report;
    exports dev.stiefel.lab.data;
    exports dev.stiefel.lab.model;
    exports dev.stiefel.lab.published;
    exports dev.stiefel.lab.record;
    exports dev.stiefel.lab.session;
    exports dev.stiefel.lab.spec;
    exports dev.stiefel.lab.sweep;
}
