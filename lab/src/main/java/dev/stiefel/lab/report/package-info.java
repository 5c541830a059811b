/// Reports on runs: one page to read, its figures and tables as files, and their provenance.
@NullMarked
package dev.stiefel.lab.report;

import org.jspecify.annotations.NullMarked;
