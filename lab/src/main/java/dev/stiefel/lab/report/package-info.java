/// Reports on runs: one page to read, the figures and tables in it as files, and what they were made of.
@NullMarked
package dev.stiefel.lab.report;

import org.jspecify.annotations.NullMarked;
